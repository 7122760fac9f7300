from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Offer the audience that this package knows by itself."""
        # Models cannot be imported before all apps are there.
        from notifications.campaigns import audiences, customers  # noqa: PLC0415

        audiences.register_audience(customers.CUSTOMERS)

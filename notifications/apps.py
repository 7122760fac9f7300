from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Offer our own audience, publish our numbers, and check the fonts."""
        # Models cannot be imported before all apps are there.
        from notifications import metrics  # noqa: F401, PLC0415
        from notifications.campaigns import audiences, customers  # noqa: PLC0415
        from notifications.letters import checks  # noqa: F401, PLC0415

        audiences.register_audience(customers.CUSTOMERS)

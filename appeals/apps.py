from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppealsConfig(AppConfig):
    name = "appeals"
    verbose_name = _("Decisions and appeals")

    def ready(self) -> None:
        # Models can be imported only now.
        from appeals import audiences, letters, metrics, truth  # noqa: F401, PLC0415

        audiences.register()
        truth.watch()
        letters.write_ours()

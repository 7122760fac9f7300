from celery import signals
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppealsConfig(AppConfig):
    name = "appeals"
    verbose_name = _("Decisions and appeals")

    def ready(self) -> None:
        # Models can be imported only now.
        from appeals import (  # noqa: PLC0415
            audiences,
            hidden_messages,
            kept_settings,
            letters,
            metrics,  # noqa: F401
            truth,
        )

        audiences.register()
        truth.watch()
        hidden_messages.hide()
        letters.write_ours()
        signals.task_prerun.connect(kept_settings.before_task)

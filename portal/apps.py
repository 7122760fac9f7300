from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

# Loaded with the site: tasks bind to our Celery application, checks join `manage.py check`, queries
# learn a lookup.
from portal import celery, checks
from portal.lib import lookups
from portal.sign_in import clock

__all__ = ["PortalConfig", "celery", "checks", "lookups"]


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("People")

    def ready(self) -> None:
        # Django's own word for "somebody came in": no door can forget to start the clock.
        user_logged_in.connect(clock.begin)

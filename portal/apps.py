from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Loaded with the site: tasks bind to our Celery application, checks join `manage.py check`.
from portal import celery, checks

__all__ = ["PortalConfig", "celery", "checks"]


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("People")

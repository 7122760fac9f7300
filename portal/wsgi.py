"""The web server's door."""

import os

from django.core.wsgi import get_wsgi_application

from portal.checks import refuse_half_configured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PROCESS_ROLE", "web")

application = get_wsgi_application()
refuse_half_configured()

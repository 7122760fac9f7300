"""The web server's door, for a server that speaks ASGI."""

import os

from django.core.asgi import get_asgi_application

from portal.checks import refuse_half_configured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PROCESS_ROLE", "web")

application = get_asgi_application()
refuse_half_configured()

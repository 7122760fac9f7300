"""Under pytest the settings are chosen and Django is ready before anything here is imported."""

import sys

import django

if "pytest" in sys.modules:
    from tests import engines

    engines.use_own_directory()
    django.setup()

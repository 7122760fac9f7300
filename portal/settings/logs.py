"""What is logged, and in which form."""

from portal.lib.env import env_choice
from portal.lib.logging import logging_settings
from portal.settings.place import IS_PRODUCTION

LOG_LEVEL = env_choice("LOG_LEVEL", choices=("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO")
LOG_FORMAT = env_choice(
    "LOG_FORMAT", choices=("json", "lines"), default="json" if IS_PRODUCTION else "lines"
)
LOGGING = logging_settings(log_format=LOG_FORMAT, level=LOG_LEVEL)

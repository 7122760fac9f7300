"""Can every language we speak be printed? Said at start, not when the first letter is due."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from portal.lib.fonts import can_print_chinese

TEXT = "No font for Chinese letters is installed: they would wait in the print queue for good."
HINT = (
    "Install requirements.txt, or name a folder with Noto Serif SC or Noto Sans SC in LETTER_FONTS."
)


# Also under the tag by which production refuses to start.
@register("production", "letters")
def chinese_can_be_printed(*_args: Any, **_kwargs: Any) -> Iterable[CheckMessage]:
    speaks_chinese = any(code.startswith("zh") for code, _name in settings.LANGUAGES)
    if not speaks_chinese or can_print_chinese():
        return []
    if settings.IS_PRODUCTION:
        return [Error(TEXT, hint=HINT, id="notifications.E001")]
    return [Warning(TEXT, hint=HINT, id="notifications.W001")]

"""The words of a campaign: the same for everybody, in both languages, with nothing to fill in."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from notifications.campaigns.errors import CampaignError

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
LONGEST_TITLE = 90
LONGEST_TEXT = 1_500
# The type whose templates print a campaign's words; the others have words of their own.
OWN_WORDS = "announcement"

Words = dict[str, dict[str, str]]


def no_places(text: str) -> None:
    """Refuse what would be read as an open place of a Wording."""
    if "[[" in text:
        raise ValidationError(_("Two square brackets in a row cannot be sent. Use one."))


def check_words(type_name: str, words: Words) -> None:
    """Raise CampaignError unless these words can be sent to everybody as they are."""
    if type_name != OWN_WORDS:
        if words:
            raise CampaignError(str(_("This type of message has words of its own.")))
        return
    for language in LANGUAGES:
        title = words.get(language, {}).get("title", "").strip()
        text = words.get(language, {}).get("text", "").strip()
        if not title or not text:
            raise CampaignError(str(_("Write a title and a text in both languages.")))
        if len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
            raise CampaignError(str(_("The title or the text is too long.")))
        if "[[" in title + text:
            raise CampaignError(str(_("Two square brackets in a row cannot be sent. Use one.")))

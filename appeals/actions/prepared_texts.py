"""Saving the texts that reviewers start from: whole in both languages, with places we can fill."""

from django.db import transaction
from django.utils.translation import gettext as _

from appeals.access import edits_catalogue, is_supervisor
from appeals.actions.changes import changed_by
from appeals.errors import BadInput, NotAllowed
from appeals.models import ReplyText
from appeals.reply_texts import problems_of
from portal.models import Customer


def may_edit_texts(person: Customer) -> bool:
    return edits_catalogue(person) or is_supervisor(person)


@transaction.atomic
def save_text(*, text: ReplyText, by: Customer) -> ReplyText:
    """Save a new or changed text; its history says who did it."""
    if not may_edit_texts(by):
        raise NotAllowed(_("Only supervisors and editors of the catalogue change these texts."))
    languages = {"text_en": text.text_en, "text_zh": text.text_zh}
    if not all(value.strip() for value in (*languages.values(), text.title_en, text.title_zh)):
        raise BadInput(_("Write the title and the text in both languages."))
    for name, problems in problems_of(text.purpose, languages).items():
        raise BadInput(" ".join(problems), field=name)
    with changed_by(by):
        text.save()
    return text

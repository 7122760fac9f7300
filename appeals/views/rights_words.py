"""What the buttons and pages of a customer's rights say."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals import rights
from appeals.models import RequestKind


@dataclass(frozen=True)
class ButtonWords:
    """A button on the why page: its icon, what it does, and what that is good for."""

    icon: str
    title: Promise
    hint: Promise


BUTTONS: Mapping[str, ButtonWords] = {
    rights.HUMAN_REVIEW: ButtonWords(
        "person", _("Ask a person to look again"), _("Somebody who did not decide it before.")
    ),
    rights.CORRECT_FACT: ButtonWords(
        "pencil", _("Correct a fact"), _("A number or date of ours is wrong.")
    ),
    rights.SEND_PAPERS: ButtonWords(
        "upload", _("Send papers"), _("A photo, a letter, a statement.")
    ),
    rights.ADD_VIEW: ButtonWords("message", _("Add your view"), _("Tell us what we do not know.")),
    rights.PAYMENT_HELP: ButtonWords(
        "phone", _("Get help with payments"), _("Paying is hard right now. We can help.")
    ),
    rights.EXPLAIN: ButtonWords(
        "info", _("How was this decided?"), _("Which data we used, and how our rule works.")
    ),
    rights.COMPLAIN: ButtonWords(
        "warning", _("Complain"), _("You are not happy with something we did.")
    ),
    rights.DATA_COPY: ButtonWords(
        "paper", _("Download your data"), _("All that we hold about you, in one file.")
    ),
}


@dataclass(frozen=True)
class PageWords:
    """A page that asks one thing, and what happens after it was sent."""

    title: Promise
    lead: Promise
    button: Promise
    next: tuple[Promise, ...]


_TELLS_YOU = _("When the answer is here, we send you a message.")

PAGES: Mapping[str, PageWords] = {
    RequestKind.CORRECT_FACT: PageWords(
        _("Correct a fact"),
        _("Tell us what is right. A person checks it and writes to you."),
        _("Send the correction"),
        (
            _("A person looks up where the fact came from."),
            _("If it is wrong, we put it right and tell you what that changes."),
            _TELLS_YOU,
        ),
    ),
    RequestKind.ADD_VIEW: PageWords(
        _("Add your view"),
        _("A person reads what you write. It is kept with our decision."),
        _("Send your view"),
        (
            _("A person reads what you wrote."),
            _("They write to you what they make of it."),
            _TELLS_YOU,
        ),
    ),
    RequestKind.COMPLAIN: PageWords(
        _("Complain"),
        _("We are sorry that you have to. It costs nothing and never makes your line smaller."),
        _("Send the complaint"),
        (
            _("A person who had no part in it looks into your complaint."),
            _("They write to you if you are right, and what we do about it."),
            _TELLS_YOU,
        ),
    ),
    RequestKind.PAYMENT_HELP: PageWords(
        _("Get help with payments"),
        _(
            "Hard times can happen to anyone, and you did right to ask. We look for a way with "
            "you. Asking never makes your line smaller."
        ),
        _("Ask for help"),
        (
            _("Somebody who helps people with payments reads this first thing."),
            _("They write to you what we can do: pay later, pay less for a time, or stop fees."),
            _("You choose. Nothing changes before you agree."),
        ),
    ),
    RequestKind.EXPLAIN: PageWords(
        _("Ask about this decision"),
        _("A person answers you in plain words."),
        _("Send the question"),
        (_("A person looks up how it was decided, and explains it to you."), _TELLS_YOU),
    ),
    RequestKind.DATA_COPY: PageWords(
        _("Download your data"),
        _("We put all that we hold about you into one file."),
        _("Make a copy for me"),
        (
            _("The copy is made by itself. That takes some minutes."),
            _("We send you a message when it is ready. Then you sign in and take it."),
        ),
    ),
}
# In addresses: words of a page, not of the database.
SLUGS: Mapping[str, RequestKind] = {
    "view": RequestKind.ADD_VIEW,
    "complaint": RequestKind.COMPLAIN,
    "payments": RequestKind.PAYMENT_HELP,
    "question": RequestKind.EXPLAIN,
}

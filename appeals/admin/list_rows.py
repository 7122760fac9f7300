"""The rows of the list as they stand on the page; written here, for a list is mostly rows."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.admin.places import FROM
from appeals.clock import Clock, clock_of, place_of
from appeals.models import Appeal
from appeals.models.appeals import STATE_NAMES
from appeals.models.review import OUTCOME_NAMES
from appeals.notice_text.formats import amount_text
from appeals.states import AppealState, OutcomeKind

NOTHING = SafeString("")
CHIP = ' <span class="desk-chip {}">{}</span>'
CHECK = (
    '<td class="desk-list-check"><input type="checkbox" name="case" value="{}" aria-label="{}"'
    " data-desk-case></td>"
)
ROW = (
    "<tr data-row>{}"
    '<td><a class="desk-ref" href="{}" data-desk-row>{}</a>{}</td>'
    '<td class="desk-change">{} <span aria-hidden="true">→</span> {}</td>'
    "<td>{}</td>"
    '<td><span class="desk-state" data-state="{}">{}</span></td>'
    "<td>{}</td>"
    '<td><span class="desk-clock" data-tone="{}">{}</span></td></tr>'
)


class Rows:
    """Writes rows of one list for one reader: what is the same for all of them is found once."""

    def __init__(self, place: str, now: datetime, *, has_checks: bool, is_closed: bool) -> None:
        self.now, self.has_checks, self.is_closed = now, has_checks, is_closed
        self.clocks: dict[Hashable, Clock] = {}
        self.language = get_language() or "en"
        self.states = {state: str(name) for state, name in STATE_NAMES.items()}
        self.care = format_html(
            ' <span class="desk-chip desk-chip-care">{}</span>', _("Needs care")
        )
        self.secret = format_html(' <span class="desk-chip">{}</span>', _("Restricted"))
        # One address made, the others like it: the references are all that differs.
        self.address = reverse("desk:case", args=["REFERENCE"]) + "?" + urlencode({FROM: place})

    def url(self, appeal: Appeal) -> str:
        return self.address.replace("REFERENCE", appeal.reference, 1)

    def html(self, appeals: Sequence[Appeal]) -> SafeString:
        return mark_safe("".join(map(self._row, appeals)))  # noqa: S308 - each row is escaped

    def _row(self, appeal: Any) -> SafeString:
        decision, clock = appeal.decision, self._clock(appeal)
        return format_html(
            ROW,
            format_html(CHECK, appeal.pk, appeal.reference) if self.has_checks else NOTHING,
            self.url(appeal),
            appeal.reference,
            self._chips(appeal),
            amount_text(decision.old_limit, decision.currency, self.language),
            amount_text(decision.new_limit, decision.currency, self.language),
            appeal.queue,
            appeal.state,
            self.states[AppealState(appeal.state)],
            self._outcome(appeal) if self.is_closed else _holder(appeal),
            clock.tone,
            clock.text,
        )

    def _clock(self, appeal: Appeal) -> Clock:
        """Many of a page are promised for one midnight: its working days are counted once."""
        person = appeal.customer
        key = (appeal.state, appeal.promised_at, person.time_zone, place_of(appeal))
        if not appeal.is_open:
            return clock_of(appeal, self.now)
        if key not in self.clocks:
            self.clocks[key] = clock_of(appeal, self.now)
        return self.clocks[key]

    def _chips(self, appeal: Appeal) -> SafeString:
        care = self.care if appeal.is_vulnerable else NOTHING
        return care + (self.secret if appeal.is_restricted else NOTHING)

    def _outcome(self, appeal: Any) -> str:
        return str(OUTCOME_NAMES[OutcomeKind(appeal.answered_as)]) if appeal.answered_as else ""


def _holder(appeal: Appeal) -> str:
    claim = getattr(appeal, "claim", None)
    if claim is not None:
        return str(claim.reviewer.name)
    if appeal.reserved_for is not None:
        return _("Reserved for %(name)s") % {"name": appeal.reserved_for.name}
    return ""

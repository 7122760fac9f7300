"""The notice of one decision that a reviewer made."""

from decimal import Decimal

import pytest

from appeals.actions.notices import make_notice
from appeals.models import Action, Notice, NoticeHold
from appeals.notice_text import canonical_text, sha256_of
from tests.appeals.builders import create_customer, create_decision

pytestmark = pytest.mark.django_db


def test_a_restored_line_gets_a_notice_without_reasons():
    decision = create_decision(
        create_customer(locale="zh-hans"),
        action=Action.RESTORE,
        old_limit=Decimal(1400),
        new_limit=Decimal(4000),
        automated=False,
        reasons=(),
        with_notice=False,
    )

    made = make_notice(decision=decision)

    notice = Notice.objects.get()
    assert (made, notice.language) == (notice, "zh-hans")
    assert notice.content["zh-hans"]["after"]["value"] == "US$4,000.00"
    assert notice.content["en"]["figures"][2] == "Decided by a person"
    assert notice.sha256 == sha256_of(canonical_text(notice.content))


def test_a_decision_that_would_be_half_told_is_held():
    alone = ("POL-PORTFOLIO", {"trait": "x", "date": "2026-09-01"})
    decision = create_decision(reasons=(alone,), with_notice=False)

    held = make_notice(decision=decision)

    assert isinstance(held, NoticeHold)
    assert NoticeHold.objects.get().cause == held.cause
    assert not Notice.objects.exists()

"""What stands beside a case: its history in words, and the customer's other appeals."""

from django.utils import timezone

from appeals.admin.case_history import SHOWN
from appeals.models import Outcome
from appeals.states import AppealState
from tests.appeals.builders import create_appeal, create_decision, create_queue, create_reviewer
from tests.appeals.desks import at, desk, held, queue, rosa, sofia

__all__ = ["desk", "held", "queue", "rosa", "sofia"]


# --- History and what stands beside it ---------------------------------------------------------


def event(appeal, kind, by=None, *, is_visible=True, **details):
    return appeal.events.create(
        kind=kind, at=timezone.now(), by=by, is_visible=is_visible, details=details
    )


def history_of(client, appeal):
    return client.get(at(appeal)).context["page"].history


def test_history_says_who_when_and_what_in_words(desk, held, rosa, queue):
    event(held, "submitted", held.customer, grounds=2)
    event(held, "routed", is_visible=False, queue=queue.key, rule=7, because="Large cuts.")
    event(held, "claimed", rosa, reviewer=rosa.reference)
    event(held, "documents_asked", rosa, request=5, kinds="payslip, bank_statement")
    event(held, "proposed", rosa, is_visible=False, outcome="partly_restored")

    lines = history_of(desk, held)

    assert [(line.what, line.who, line.more, line.is_internal) for line in lines] == [
        ("Outcome proposed", "Rosa Vega", "Restored in part", True),
        ("More documents asked for", "Rosa Vega", "Recent payslips, Bank statements", False),
        ("A reviewer started", "Rosa Vega", "", False),
        ("Put in a queue", "by itself", f"{queue} · Large cuts.", True),
        ("Appeal sent", "the customer", "2 grounds", False),
    ]


def test_why_it_is_in_its_queue_is_said_in_the_readers_language(desk, browse, held, rosa, sofia):
    code = "BUR-UTIL-HIGH"
    event(held, "routed", reason=code, because="")
    event(held, "routed", because=f"{code}: the catalogue's queue for this reason")
    event(held, "released", reviewer=rosa.reference, because="not_begun")
    held.routed_reason, held.routed_because = code, ""
    held.not_kept_for, held.not_kept_why = sofia.reference, "away"
    held.save()
    english = f"{code}: the catalogue&#x27;s queue for this reason"
    away = f"not kept for {sofia.reference}, who is away"

    text = desk.get(at(held)).content.decode()
    assert f"{english} · {away}" in text
    assert [line.more for line in history_of(desk, held)] == [
        "not begun in time · Rosa Vega",
        f"{code}: the catalogue's queue for this reason",
        "You use a large share of your credit limits",
    ]

    held.routed_because = "Large cuts."
    held.not_kept_why = ""
    held.save()
    text = desk.get(at(held)).content.decode()
    assert f"{code}: Large cuts." in text
    assert "not kept for" not in text

    rosa.locale = "zh-hans"
    rosa.save()
    assert history_of(desk, held)[-1].more == "信用额度使用率偏高"


def test_a_case_handed_over_names_who_has_it_now(desk, held, sofia, rosa):
    event(held, "claimed", sofia, reviewer=rosa.reference)

    (line,) = history_of(desk, held)
    assert (line.who, line.more) == ("Sofia Lind", "Rosa Vega")


def test_a_customers_reference_in_a_detail_is_never_made_a_name(desk, held):
    event(held, "claimed", reviewer=held.customer.reference)

    (line,) = history_of(desk, held)
    assert "Alice" not in line.more


def test_a_detail_nobody_has_words_for_is_shown_as_it_is(desk, held):
    event(held, "note", share="12%", until="2026-12-24T00:00:00+00:00", odd=None)

    (line,) = history_of(desk, held)
    assert line.more == "share: 12% · until: 24 Dec"


def test_a_long_history_is_cut_and_there_is_a_page_with_all_of_it(browse, desk, held, rosa):
    for number in range(SHOWN + 5):
        event(held, "note", rosa, share=f"step {number}")

    page = desk.get(at(held))
    assert len(page.context["page"].history) == SHOWN
    assert at(held, "history/") in page.content.decode()

    whole = desk.get(at(held, "history/"))
    assert len(whole.context["history"]) == SHOWN + 5
    assert "step 0" in whole.content.decode()
    outsider = create_reviewer("Olga Hart", queue=create_queue("income_verification"))
    assert browse(outsider).get(at(held, "history/")).status_code == 404


def test_other_appeals_of_the_customer_are_there_with_their_answers(browse, desk, held, queue):
    decided = create_appeal(
        create_decision(held.customer, with_notice=False), state=AppealState.DECIDED, queue=queue
    )
    Outcome.objects.create(
        appeal=decided,
        kind="restored",
        sentence="-",
        decided_by=create_reviewer("Tess Hall"),
        decided_at=timezone.now(),
        is_final=True,
    )
    elsewhere = create_queue("income_verification")
    hidden = [
        create_appeal(
            create_decision(held.customer, with_notice=False),
            state=AppealState.SUBMITTED,
            queue=elsewhere,
        ),
        create_appeal(
            create_decision(held.customer, with_notice=False),
            state=AppealState.SUBMITTED,
            queue=queue,
            is_restricted=True,
        ),
        create_appeal(create_decision(held.customer, with_notice=False)),
        create_appeal(
            # Of somebody else, and not alike either.
            create_decision(rule_version="9.9.9", with_notice=False),
            state=AppealState.SUBMITTED,
            queue=queue,
        ),
    ]

    page = desk.get(at(held))

    others = [(other.appeal, other.outcome) for other in page.context["page"].others]
    assert others == [(decided, "Restored in full")]
    text = page.content.decode()
    assert not any(appeal.reference in text for appeal in hidden)


def test_very_many_other_appeals_are_cut(desk, held, queue):
    for _ in range(12):
        create_appeal(
            create_decision(held.customer, with_notice=False),
            state=AppealState.SUBMITTED,
            queue=queue,
        )

    page = desk.get(at(held))

    assert len(page.context["page"].others) == 8
    assert "Older ones are in the list" in page.content.decode()

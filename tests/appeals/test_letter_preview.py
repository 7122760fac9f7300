"""The letter before it is sent: in both languages, as the customer's page will show it."""

import pytest

from appeals.answers import said_in
from appeals.models import Finding, Outcome, ReplyText, TextPurpose
from tests.appeals.answers import in_days, on_condition, propose, ready
from tests.appeals.builders import create_customer
from tests.appeals.desks import at, desk, held, queue, rosa, sam, typed
from tests.appeals.journeys import page

__all__ = ["desk", "held", "queue", "rosa", "sam"]


def seen(client, appeal, **fields):
    return client.post(at(appeal, "preview/"), typed(appeal, **fields))


def columns(answer):
    """The English and the Chinese column of the preview."""
    english, chinese = answer.text.split('class="letter-phone page"')[1:]
    return english, chinese


def test_it_is_composed_of_findings_and_outcome_in_both_languages(desk, held):
    english, chinese = columns(seen(desk, held, kind="restored"))

    assert "We are giving you your limit back" in english
    assert "Your limit is $4,000.00 again." in english
    assert "A late payment with another lender" in english
    assert english.count("We agree with you") == 2
    assert "在其他机构有逾期还款" in chinese
    assert "您的额度" in chinese
    assert "We agree" not in chinese


def test_looking_saves_and_sends_nothing(desk, held):
    version = held.version
    seen(desk, held, kind="restored", sentence="All of it is back.")

    held.refresh_from_db()
    assert (held.version, held.review_draft) == (version, {})
    assert not Finding.objects.exists()
    assert not Outcome.objects.exists()


def test_what_was_written_by_hand_stays_and_the_other_language_says_so(desk, held):
    answer = seen(desk, held, kind="restored", sentence="Dear Alice, all of it is back.")

    english, chinese = columns(answer)
    assert "Dear Alice, all of it is back." in english
    assert "Dear Alice, all of it is back." in chinese
    note = "1 text was written by hand in the other language only"
    assert note in answer.text.split('class="letter-phone page"')[1]
    assert note not in answer.text.split('class="letter-phone page"')[0]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {
                "kind": "conditional",
                "new_limit": "2700",
                "payments_needed": "2",
                "by_date": in_days(90).isoformat(),
                "then_limit": "4000",
            },
            "Then your limit becomes $4,000.00.",
        ),
        (
            {"kind": "temporary", "new_limit": "3000", "until": in_days(60).isoformat()},
            "your limit goes back to $1,400.00",
        ),
        ({"kind": "kept"}, "We look at this again on"),
        ({"kind": "to_bureau", "bureau": "Experian"}, "is kept by Experian"),
        ({"kind": "corrected", "is-1-count": "0"}, "it was 2, it is now 0"),
        # Half typed: what cannot be used yet is left out.
        ({"kind": "corrected", "is-1-month": "summer"}, "a fact was wrong"),
        ({"kind": "conditional", "new_limit": "2700"}, "with the condition below"),
        ({"kind": ""}, "Our answer to each reason"),
    ],
)
def test_each_outcome_is_spoken(desk, held, fields, words):
    english, _ = columns(seen(desk, held, **fields))

    assert words in english


def test_the_page_the_customer_gets_says_the_same(desk, held, rosa, browse):
    propose(ready(held, rosa), rosa, on_condition())

    english, _ = columns(desk.get(at(held, "preview/")))
    customers = browse(held.customer).get(page(held, "appeal")).text

    for words in ("Half is back now.", "Make 2 payments on time by", "$4,000.00"):
        assert words in english
        assert words in customers


def test_what_is_hard_to_read_is_told_and_blocks_nothing(desk, held):
    hard = "Notwithstanding your documentation, restoration remains unfortunately unavailable."

    answer = seen(desk, held, kind="kept", sentence=hard)
    assert "Hard to read" in answer.text
    assert "long words" in answer.text

    desk.post(at(held), typed(held, kind="kept", sentence=hard, do="save"))
    assert "Hard to read" in desk.get(at(held)).text
    held.refresh_from_db()
    desk.post(at(held), typed(held, kind="kept", sentence=hard))
    assert Outcome.objects.get().sentence == hard
    # The next reader sees it too.
    assert "long words" in desk.get(at(held)).text


def test_a_case_with_open_grounds_says_what_is_missing(desk, held):
    answer = desk.get(at(held, "preview/"))

    assert "2 grounds have no finding yet" in answer.text


def test_strangers_see_no_letter(browse, held):
    stranger = create_customer("Charlie Stone")

    assert browse(stranger).get(at(held, "preview/")).status_code in {302, 403}


def test_prepared_words_change_language_and_own_words_do_not():
    prepared = [{"en": "It is back.", "zh-hans": "已恢复。"}]

    assert said_in("zh-hans", " It is back. ", prepared).text == "已恢复。"
    assert said_in("en", "已恢复。", prepared).text == "It is back."
    own = said_in("zh-hans", "It is nearly back.", prepared)
    assert (own.text, own.language) == ("It is nearly back.", "en")
    assert said_in("en", "差不多恢复了。", prepared).language == "zh-hans"


@pytest.fixture
def prepared(db):
    """A sentence about late payments that an editor wrote in both languages."""
    return ReplyText.objects.create(
        key="late-paid",
        purpose=TextPurpose.FINDING,
        title_en="Paid since",
        title_zh="已还清",
        text_en="You paid this since. We take it off ({reference}).",
        text_zh="您已还清，我们不再计入（{reference}）。",
        reason_code="BUR-DELINQ-ELSEWHERE",
    )


def test_prepared_texts_are_offered_for_the_reason_they_are_about(desk, held, prepared):
    text = desk.get(at(held)).text

    assert text.count("Paid since") == 1
    assert f"We take it off ({held.reference})." in text


def test_a_prepared_text_is_said_in_both_languages(desk, held, prepared):
    first = held.grounds.all()[0]
    taken = f"You paid this since. We take it off ({held.reference})."

    english, chinese = columns(seen(desk, held, kind="restored", **{f"said-{first.pk}": taken}))

    assert taken in english
    assert f"您已还清，我们不再计入（{held.reference}）。" in chinese
    assert "written by hand" not in chinese

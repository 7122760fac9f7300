"""What a provider says later: once, forward only, whatever the order."""

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.ids import attempt_id
from notifications.models import Attempt, Delivery, Receipt
from notifications.receipts import Word, apply_receipts
from tests.notifications.builders import attempt_of, owe_sms
from tests.notifications.sent import sent_email, sent_sms

pytestmark = pytest.mark.django_db


@pytest.fixture
def sms():
    return sent_sms()[0]


@pytest.fixture
def email():
    return sent_email()[0]


def word(delivery, said, *, event_id="", provider="twilio", **details):
    return Word(
        provider=provider,
        event_id=event_id or f"{delivery.pk}:{said}",
        word=said,
        body_sha256="0" * 64,
        **{"attempt_id": attempt_of(delivery).pk, **details},
    )


def hear(delivery, said, **details):
    return apply_receipts([word(delivery, said, **details)])


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state


def test_a_message_moves_to_delivered(sms):
    assert hear(sms, "sent") == 1
    assert state_of(sms) == "accepted"
    assert hear(sms, "delivered") == 1

    assert (state_of(sms), sms.reason) == ("delivered", "")
    assert sms.ended_at is not None


def test_a_repeated_word_counts_once(sms):
    assert hear(sms, "delivered") == 1
    sms.refresh_from_db()
    before = sms.ended_at

    assert hear(sms, "delivered") == 0
    assert apply_receipts([word(sms, "read"), word(sms, "read")]) == 1

    assert Receipt.objects.count() == 2
    sms.refresh_from_db()
    assert sms.ended_at == before


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    "order", list(itertools.permutations(["queued", "sent", "delivered"])), ids="-".join
)
def test_the_order_of_arrival_does_not_matter(sms, order, at_once):
    words = [word(sms, said) for said in order]
    for post in [words] if at_once else [[said] for said in words]:
        apply_receipts(post)

    assert state_of(sms) == "delivered"
    assert Receipt.objects.count() == 3


def test_a_bounce_may_follow_delivered_and_then_stands(email):
    hear(email, "delivered", provider="sendgrid")
    hear(email, "bounce", provider="sendgrid", code="bounce")
    hear(email, "delivered", provider="sendgrid", event_id="late")

    assert (state_of(email), email.reason) == ("undelivered", "The mailbox sent it back.")


@pytest.mark.parametrize("said", ["queued", "sent", "delivered", "undelivered"])
def test_unknown_is_resolved_by_any_word(said):
    (delivery,) = sent_sms(state="unknown", provider_ref="", ask_at=timezone.now())

    hear(delivery, said, provider_ref="SM9")

    expected = {"delivered": "delivered", "undelivered": "undelivered"}
    assert state_of(delivery) == expected.get(said, "accepted")
    assert (delivery.provider_ref, delivery.ask_at) == ("SM9", None)


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_has_ended_here_is_not_revived(sms, state):
    Delivery.objects.filter(pk=sms.pk).update(state=state)

    hear(sms, "delivered")

    assert state_of(sms) == state


def test_a_word_we_do_not_know_is_kept_and_moves_nothing(sms, caplog):
    assert hear(sms, "teleported") == 1

    assert state_of(sms) == "accepted"
    assert Receipt.objects.get().word == "teleported"
    assert "new word" in caplog.text


def test_a_message_is_found_by_the_providers_id_too(sms):
    hear(sms, "delivered", attempt_id=None, provider_ref=sms.provider_ref)

    assert state_of(sms) == "delivered"
    assert Receipt.objects.get().attempt == attempt_of(sms)


def test_an_id_that_many_mails_share_says_nothing_about_one_of_them():
    mails = sent_email(2, provider_ref="one-call")

    hear(mails[0], "bounce", provider="sendgrid", attempt_id=None, provider_ref="one-call")

    assert {state_of(mail) for mail in mails} == {"accepted"}
    assert Receipt.objects.get().attempt is None


def test_a_word_about_nothing_we_sent_is_kept_without_an_attempt(sms, caplog):
    said = [
        word(sms, "delivered", attempt_id=uuid.uuid4()),
        word(sms, "delivered", event_id="b", attempt_id=attempt_id(sms.pk, 900)),
        word(sms, "delivered", event_id="c", attempt_id=None, provider_ref="SM-none"),
    ]
    assert (apply_receipts(said), apply_receipts(said)) == (3, 0)

    assert state_of(sms) == "accepted"
    assert Receipt.objects.filter(attempt=None).count() == 3
    assert "nothing we sent" in caplog.text


def test_one_provider_says_nothing_about_the_messages_of_another(sms):
    hear(sms, "bounce", provider="sendgrid")

    assert state_of(sms) == "accepted"
    assert Receipt.objects.get().attempt is None


def test_a_word_before_the_answer_wins_and_the_answer_adds_only_the_id():
    """The receipt overtakes the answer of the very call that it speaks of."""
    (delivery,) = owe_sms()
    told: list[int] = []

    def answered_late(messages):
        told.extend(apply_receipts([word(delivery, "delivered")]) for _message in messages)

    sent_sms(only=[delivery], before_answer=answered_late)

    assert told == [1]
    assert (state_of(delivery), delivery.reason) == ("delivered", "")
    assert delivery.provider_ref
    assert delivery.lease_until is None


def test_a_thousand_events_take_as_many_statements_as_ten():
    def post(mails):
        pairs = itertools.product(mails, ["processed", "delivered", "spamreport", "bounce", "open"])
        words = [word(mail, said, provider="sendgrid") for mail, said in pairs]
        with CaptureQueriesContext(connection) as queries:
            assert apply_receipts(words) == len(words)
        return len(queries)

    few, many = post(sent_email(2)), post(sent_email(200))

    assert few == many
    assert Receipt.objects.count() == 1010
    assert set(Delivery.objects.values_list("state", flat=True)) == {"undelivered"}


@pytest.mark.django_db(transaction=True)
def test_two_posts_of_the_same_words_at_once_count_them_once():
    words = [word(mail, "delivered", provider="sendgrid") for mail in sent_email(60)]

    def post(part):
        try:
            return apply_receipts(part)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        new = sum(pool.map(post, [words, words[::-1], words, words[::-1]]))

    assert new == Receipt.objects.count() == len(words)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_attempts_are_not_touched_by_receipts(sms):
    before = Attempt.objects.filter(delivery=sms).values().get()
    hear(sms, "undelivered", code="30008")

    assert Attempt.objects.filter(delivery=sms).values().get() == before

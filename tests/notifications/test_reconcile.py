"""An answer that was lost is asked for; the message itself is never sent again that way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from notifications import reconcile
from notifications.channels import close_channels, providers_of
from notifications.channels.base import Account, Answer, Message, OneByOne, Sent
from notifications.delivery.settle import settle_due
from notifications.kinds import AttemptOutcome, ChannelKind, SuppressionCause
from notifications.models import Delivery, Suppression
from notifications.periodic import reconcile as beat
from notifications.receipts import Word, apply_receipts
from notifications.reconcile import reconcile_due
from tests.notifications.builders import attempt_of, create_person, owe, owe_sms, send

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Forgetful(OneByOne):
    """Takes each message, loses each answer, and tells what a test lets it remember."""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.taken: list[Message] = []
        self.asked: list[Sent] = []
        self.remembers: Answer | Exception | None = None

    async def send(self, message: Message) -> Answer:
        self.taken.append(message)
        return Answer.unknown("The provider's answer was lost.")

    async def find(self, sent: Sent) -> list[Answer]:
        self.asked.append(sent)
        if isinstance(self.remembers, Exception):
            raise self.remembers
        return [self.remembers] if self.remembers else []


@pytest.fixture
def provider(settings, closed_channels):
    described = {"name": "forgetful", "backend": f"{__name__}.Forgetful"}
    settings.PROVIDERS = [{**described, "channel": channel} for channel in ("sms", "email")]
    close_channels()
    return providers_of(ChannelKind.SMS)[0]


@pytest.fixture
def lost(provider):
    (delivery,) = owe_sms()
    send("sms")
    delivery.refresh_from_db()
    assert (delivery.state, len(provider.taken)) == ("unknown", 1)
    return delivery


def after(time):
    return timezone.now() + time


def beat_at(time):
    assert reconcile_due(after(time)) == 1


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state


def states_of(owed):
    return dict(owed.deliveries.values_list("channel", "state"))


def test_it_is_asked_after_two_minutes_and_not_before(lost, provider):
    assert reconcile_due(after(MINUTE)) == 0
    assert reconcile_due(after(3 * MINUTE)) == 1

    (sent,) = provider.asked
    assert (sent.to, sent.content_sha256) == (lost.address, lost.content_sha256)
    assert sent.attempt_id == attempt_of(lost).pk
    assert sent.started_at == attempt_of(lost).started_at


@pytest.mark.parametrize(
    ("remembered", "state", "reason"),
    [
        (Answer.accepted("SM7", 200), "accepted", ""),
        (replace(Answer.accepted("SM7"), is_delivered=True), "delivered", ""),
        (Answer(AttemptOutcome.PERMANENT, "SM7", detail="No such."), "undelivered", "No such."),
    ],
    ids=["accepted", "delivered", "undelivered"],
)
def test_what_the_provider_has_is_believed(lost, provider, remembered, state, reason):
    provider.remembers = remembered

    beat_at(3 * MINUTE)

    assert (state_of(lost), lost.reason, lost.provider_ref) == (state, reason, "SM7")
    assert lost.ask_at is None
    assert lost.sent_at is not None
    assert (lost.ended_at is not None) == (state != "accepted")
    assert len(provider.taken) == 1


def test_a_dead_number_found_so_is_remembered(lost, provider):
    provider.remembers = Answer(
        AttemptOutcome.PERMANENT, is_dead=True, dead_because=SuppressionCause.STOP
    )
    beat_at(3 * MINUTE)

    stop = Suppression.objects.get()
    assert (stop.address, stop.cause) == (lost.address, "stop")


def test_it_is_asked_again_and_given_up_after_half_an_hour(lost, provider):
    for minutes in (3, 14, 25):
        beat_at(minutes * MINUTE)
        assert reconcile_due(after((minutes + 5) * MINUTE)) == 0
    assert (state_of(lost), lost.ask_at is None) == ("unknown", False)

    beat_at(36 * MINUTE)

    assert (state_of(lost), lost.ask_at) == ("unknown", None)
    assert "could not say" in lost.reason
    assert reconcile_due(after(timedelta(days=2))) == 0
    assert (len(provider.asked), len(provider.taken)) == (4, 1)


@pytest.mark.parametrize("fault", [ConnectionError(), TimeoutError(), KeyError("sid")])
def test_a_provider_that_cannot_be_asked_is_asked_later(lost, provider, fault, caplog):
    provider.remembers = fault
    beat_at(3 * MINUTE)
    assert state_of(lost) == "unknown"
    assert lost.address not in caplog.text

    provider.remembers = Answer.accepted("SM7")
    beat_at(14 * MINUTE)
    assert state_of(lost) == "accepted"


def test_a_receipt_that_comes_while_we_ask_stands(lost, provider, monkeypatch):
    def ask_and_hear(doubts: Sequence[reconcile.Doubt]) -> dict[object, list[Answer]]:
        said = Word("twilio", "e", "delivered", "", attempt_id=attempt_of(lost).pk)
        apply_receipts([said])
        return {doubt.id: [Answer.accepted("SM7")] for doubt in doubts}

    monkeypatch.setattr(reconcile, "_ask", ask_and_hear)

    beat_at(3 * MINUTE)

    assert state_of(lost) == "delivered"


def test_a_worker_that_dies_while_it_asks_leaves_the_question_open(lost, provider, monkeypatch):
    def die(_doubts: object) -> None:
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(reconcile, "_ask", die)
        with pytest.raises(DatabaseError):
            reconcile_due(after(3 * MINUTE))

    provider.remembers = Answer.accepted("SM7")
    beat_at(14 * MINUTE)
    assert state_of(lost) == "accepted"


def test_what_is_owed_goes_on_by_its_next_channel_when_nobody_knows(provider):
    owed = owe(create_person(email=None), is_mandatory=True)
    send("sms")
    settle_due(after(MINUTE))
    assert owed.deliveries.count() == 1

    beat_at(31 * MINUTE)
    settle_due(after(32 * MINUTE))

    assert states_of(owed) == {"sms": "unknown", "letter": "ready"}
    assert len(provider.taken) == 1


def test_what_is_not_owed_stays_visible_as_unknown(lost, provider):
    beat_at(31 * MINUTE)
    settle_due(after(32 * MINUTE))
    assert Delivery.objects.get().state == "unknown"


@pytest.mark.parametrize("state", ["delivered", "undelivered"])
def test_twilio_took_it_and_its_answer_was_lost(twilio, state):
    (delivery,) = owe_sms()
    twilio.play("accept_then_cut")
    send("sms")
    twilio.become(delivery.address, state)
    assert state_of(delivery) == "unknown"

    beat_at(3 * MINUTE)

    assert (state_of(delivery), delivery.provider_ref) == (state, twilio.accepted[0].ref)
    assert len(twilio.accepted) == 1


def test_twilio_never_had_it_and_still_it_is_not_sent_again_by_sms(twilio):
    owed = owe(create_person(email=None), is_mandatory=True)
    twilio.play("cut")
    send("sms")

    for minutes in (3, 14, 36):
        beat_at(minutes * MINUTE)
    settle_due(after(37 * MINUTE))
    send("sms")

    assert states_of(owed) == {"sms": "unknown", "letter": "ready"}
    assert twilio.accepted == []


def test_the_same_words_to_the_same_number_are_not_taken_for_another_message(twilio):
    """One SMS got through with its answer, one alike was never taken: it must stay in doubt."""
    person = create_person(email=None)
    owe(person)
    send("sms")
    assert len(twilio.accepted) == 1
    owe(person)
    twilio.play("cut")
    send("sms")
    doubt = Delivery.objects.get(state="unknown")

    reconcile_due(timezone.now() + timedelta(minutes=3))

    doubt.refresh_from_db()
    assert (doubt.state, doubt.provider_ref) == ("unknown", "")


def test_of_two_lost_answers_with_the_same_words_each_gets_its_own_message(twilio):
    person = create_person(email=None)
    for _ in range(2):
        owe(person)
    twilio.play("accept_then_cut", times=2)
    send("sms")

    reconcile_due(timezone.now() + timedelta(minutes=3))

    refs = Delivery.objects.filter(state="accepted").values_list("provider_ref", flat=True)
    assert set(refs) == {one.ref for one in twilio.accepted}
    assert len(refs) == 2


def test_email_waits_longer_for_a_receipt(provider):
    owed = owe(create_person(phone=None), is_mandatory=True)
    send("email")

    beat_at(100 * MINUTE)
    assert owed.deliveries.get().ask_at is not None
    beat_at(121 * MINUTE)
    assert owed.deliveries.get().ask_at is None


def test_a_provider_that_is_not_configured_any_more_is_not_waited_for(lost, settings):
    settings.PROVIDERS = []
    beat_at(3 * MINUTE)
    beat_at(31 * MINUTE)

    assert (state_of(lost), lost.ask_at) == ("unknown", None)


def test_beat_asks_about_all_that_is_due(provider, monkeypatch):
    monkeypatch.setattr(reconcile, "AT_ONCE", 2)
    deliveries = owe_sms(5)
    send("sms")
    Delivery.objects.update(ask_at=timezone.now())
    provider.remembers = Answer.accepted("")

    beat()

    assert len(provider.asked) == len(deliveries)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}

"""Which answers say that a provider is down, and which speak of one address or message only."""

from dataclasses import replace

import pytest

from notifications.channels.base import Account, Answer
from notifications.kinds import ChannelKind, Lane
from notifications.limits.breakers import Verdict
from notifications.limits.gates import Gate
from tests.notifications.fake_providers import (
    BAD_NUMBER,
    LOST,
    PHONE_IS_OFF,
    TAKEN,
    UNREACHABLE,
    WRONG_KEY,
    Clock,
    too_fast,
)


@pytest.fixture
def gate():
    return Gate(Account(ChannelKind.SMS, "fake"), Clock())


def tell(gate, *answers):
    verdict = Verdict()
    verdict.add(answers)
    gate.report(Lane.STANDARD, verdict)


def state(gate):
    return gate.look()["state"]


@pytest.mark.parametrize("fault", [UNREACHABLE, LOST, Answer.unknown("", code="TimeoutError")])
def test_it_opens_when_half_of_enough_answers_are_faults(gate, fault):
    tell(gate, *[TAKEN] * 10, *[fault] * 9)
    assert gate.enter(Lane.STANDARD, 1_000).rows == 1_000

    tell(gate, fault)

    entry = gate.enter(Lane.STANDARD, 1_000)
    assert (entry.rows, entry.is_down, round(entry.again_in)) == (0, True, 30)
    assert gate.look()["cause"] == fault.code


@pytest.mark.parametrize("answer", [BAD_NUMBER, PHONE_IS_OFF, too_fast(), TAKEN])
def test_refusals_of_one_address_and_too_fast_do_not_open_it(gate, answer):
    tell(gate, *[answer] * 500)

    assert state(gate) == "closed"


def test_one_browser_with_an_old_key_of_ours_stops_nobody_and_most_of_them_do(gate):
    old_key = replace(WRONG_KEY, halts=False, http_status=403, code="403")
    tell(gate, *[TAKEN] * 19, *[old_key] * 15)
    assert state(gate) == "closed"

    tell(gate, *[old_key] * 5)
    assert (state(gate), gate.look()["cause"]) == ("open", "403")


@pytest.mark.parametrize(
    "answer",
    [
        Answer.not_begun(UNREACHABLE),
        Answer.not_begun(LOST),
        Answer.not_begun(WRONG_KEY),
        # Words that a provider does not take are ours to mend; others may go on.
        replace(WRONG_KEY, halts=False, http_status=400, code="content"),
    ],
)
def test_calls_that_were_never_made_and_bad_words_say_nothing(gate, answer):
    tell(gate, *[answer] * 500)

    assert (state(gate), gate.look()["bad"]) == ("closed", 0)


def test_a_good_answer_never_opens_it(gate):
    tell(gate, *[UNREACHABLE] * 19)
    tell(gate, TAKEN)
    assert state(gate) == "closed"

    tell(gate, LOST)
    assert (state(gate), gate.look()["cause"]) == ("open", "503")

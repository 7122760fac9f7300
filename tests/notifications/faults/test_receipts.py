"""Receipts that come twice, in any order, forged, too late, or before the answer is written."""

import random
import urllib.error
import urllib.parse
import urllib.request

import pytest
from twilio.request_validator import RequestValidator

from tests.doubles import Accepted
from tests.doubles import twilio as twilio_double
from tests.notifications.faults.house import House

pytestmark = pytest.mark.slow
OWED = 40
PUBLIC_URL = "https://portal.lender.example"
WORDS = ("queued", "sent", "delivered")
FORBIDDEN = 403


def tell(url: str, taken: Accepted, word: str, *, token: str = twilio_double.AUTH_TOKEN) -> int:
    """Post a receipt as Twilio does, and return the status of the answer."""
    path = f"/webhooks/twilio/{taken.attempt_id}/"
    form = {"MessageSid": taken.ref, "MessageStatus": word, "To": taken.to}
    signature = RequestValidator(token).compute_signature(PUBLIC_URL + path, form)
    request = urllib.request.Request(
        url + path,
        urllib.parse.urlencode(form).encode(),
        {"X-Twilio-Signature": signature, "Host": "portal.lender.example"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_receipts_in_any_order_and_number_end_in_the_truth(house: House, seed: int):
    chance = random.Random(seed)
    house.owe(OWED, "sms", "standard", "mandatory")
    url = house.start_web()
    house.start_clock()
    house.start_worker("standard")
    house.wait(lambda: len(house.twilio.accepted) == OWED, "all went out")
    words = [(taken, word) for taken in house.twilio.accepted for word in WORDS * 2]
    chance.shuffle(words)

    forged = tell(url, house.twilio.accepted[0], "failed", token="somebody-else")
    told = {tell(url, taken, word) for taken, word in words}

    assert (forged, told) == (FORBIDDEN, {204})
    house.wait_for_the_end()
    assert house.check_the_count(OWED) == {"delivered": OWED}
    assert house.query("SELECT count(*) FROM notifications_receipt") == [(OWED * len(WORDS),)]
    house.wait(lambda: _settled(house) == OWED, "every notification is settled")


def test_receipts_that_come_before_the_answer_is_written_stand(house: House):
    """The worker dies with the answers in its hands; the receipts say what became of them."""
    house.owe(OWED, "sms", "standard", "mandatory")
    url = house.start_web()
    house.start_clock()
    house.start_worker("standard", step="before_result")
    house.wait(lambda: (house.logs / "mark").exists(), "the worker died")
    in_doubt = list(house.twilio.accepted)

    told = {tell(url, taken, "delivered") for taken in in_doubt}
    house.wait_for_the_end()

    assert in_doubt
    assert told == {204}
    states = house.check_the_count(OWED)
    assert states["delivered"] == len(in_doubt)
    assert states["unknown"] == 0


def _settled(house: House) -> int:
    rows = house.query(
        "SELECT count(*) FROM notifications_notification WHERE settled_as = 'reached'"
    )
    return int(rows[0][0])

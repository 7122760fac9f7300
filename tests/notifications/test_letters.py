"""Letters, from the queue to the post, as the staff who print them work with it."""

from datetime import timedelta

import pytest

from notifications.delivery.settle import settle_due
from notifications.kinds import DeliveryState, Settled
from notifications.models import Letter, LetterBatch
from tests.notifications.builders import create_person
from tests.notifications.letters import (
    QUEUE,
    browser_of,
    export,
    list_of,
    owe_letter,
    pages_of,
    pdf_of,
    printer,
    private_folder,
    today_of_the_printer,
)

__all__ = ["printer", "private_folder"]
pytestmark = pytest.mark.django_db


def text_of(answer):
    return " ".join(answer.content.decode().split())


def test_the_queue_shows_the_most_urgent_first_and_marks_it(printer):
    later, soon, never = owe_letter(days=25), owe_letter(days=3), owe_letter(days=None)

    page = text_of(printer.get(QUEUE))

    places = [page.index(row.notification.recipient.reference) for row in (soon, later, never)]
    assert places == sorted(places)
    assert page.count('data-tone="late"') == 1
    assert '<span class="desk-count">3</span>' in page
    assert page.count("No other channel reaches the person.") == 3


def test_a_batch_is_a_pdf_and_a_list_and_says_so_of_each_delivery(printer):
    alice = owe_letter("Alice Moore", days=5)
    bob = owe_letter("Bob Okafor", days=9, jurisdiction="GB")

    batch = export(printer)

    pages = pages_of(pdf_of(printer, batch))
    assert len(pages) == batch.pages == 2
    assert "Alice Moore" in pages[0]
    assert "Your appeal AP-7K3M-92QX has been decided" in pages[0]
    assert "Page 1 of 1" in pages[1]
    first, second = list_of(printer, batch)
    assert first["customer_reference"] == alice.notification.recipient.reference
    assert (second["first_page"], second["pages"], second["jurisdiction"]) == ("2", "1", "GB")
    alice.refresh_from_db()
    assert (alice.state, alice.reason, alice.provider) == (DeliveryState.ACCEPTED, "", "print")
    assert alice.provider_ref == batch.reference
    assert len(alice.content_sha256) == 64
    assert alice.content_sha256 != bob.content_sha256
    (attempt,) = alice.attempts.all()
    assert (attempt.number, attempt.outcome) == (1, "accepted")


def test_a_batch_of_one_country_leaves_the_others_waiting(printer):
    owe_letter(jurisdiction="US")
    british = owe_letter(jurisdiction="GB")

    batch = export(printer, jurisdiction="GB")

    assert [letter.delivery_id for letter in batch.contents.all()] == [british.pk]
    assert '<span class="desk-count">1</span>' in text_of(printer.get(QUEUE))


def test_the_same_batch_gives_the_same_bytes_and_an_altered_file_none(printer, private_folder):
    owe_letter()
    batch = export(printer)

    assert pdf_of(printer, batch) == pdf_of(printer, batch)
    assert batch.pdf_sha256 in text_of(printer.get(f"{QUEUE}{batch.pk}/change/"))
    (file,) = private_folder.rglob("*.pdf")
    file.write_bytes(file.read_bytes() + b" ")
    answer = printer.get(f"{QUEUE}{batch.pk}/pdf/", follow=True)

    assert "gone or was changed" in text_of(answer)


def test_posting_a_batch_settles_its_notifications_as_reached(printer):
    delivery = owe_letter()
    batch = export(printer)

    printer.post(f"{QUEUE}{batch.pk}/do/posted/", {"posted_on": str(today_of_the_printer())})
    settle_due()

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED
    assert delivery.ended_at
    assert delivery.notification.settled_as == Settled.REACHED
    page = text_of(printer.get(f"{QUEUE}{batch.pk}/change/"))
    assert "Marked as posted" in page
    assert "Pia Print" in page


@pytest.mark.parametrize(("days", "why"), [(1, "future"), (-1, "before the batch was made")])
def test_a_batch_was_not_posted_tomorrow_nor_before_it_was_made(printer, days, why):
    owe_letter()
    batch = export(printer)
    day = today_of_the_printer() + timedelta(days=days)

    answer = printer.post(f"{QUEUE}{batch.pk}/do/posted/", {"posted_on": str(day)}, follow=True)

    assert why in text_of(answer)
    batch.refresh_from_db()
    assert batch.posted_on is None


def test_letters_of_a_spoiled_batch_are_printed_again_and_the_history_stays(printer):
    delivery = owe_letter()
    spoiled = export(printer)

    printer.post(f"{QUEUE}{spoiled.pk}/do/spoiled/", {"because": "The printer ran out of ink"})

    assert "The batch it was printed in was spoiled." in text_of(printer.get(QUEUE))
    again = export(printer)
    assert list(delivery.letters.order_by("pk").values_list("batch", "is_spoiled")) == [
        (spoiled.pk, True),
        (again.pk, False),
    ]
    assert [attempt.number for attempt in delivery.attempts.order_by("number")] == [1, 2]
    assert "The printer ran out of ink" in text_of(printer.get(f"{QUEUE}{spoiled.pk}/change/"))


def test_a_batch_ends_only_once(printer):
    delivery = owe_letter()
    batch = export(printer)
    today = {"posted_on": str(today_of_the_printer())}
    printer.post(f"{QUEUE}{batch.pk}/do/posted/", today)

    twice = printer.post(f"{QUEUE}{batch.pk}/do/posted/", today, follow=True)
    spoiled = printer.post(f"{QUEUE}{batch.pk}/do/spoiled/", {"because": "Ink"}, follow=True)

    assert "marked as posted already" in text_of(twice)
    assert "marked as posted already" in text_of(spoiled)
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DELIVERED


def test_without_the_permission_there_is_no_letter_to_see(printer):
    owe_letter()
    batch = export(printer)
    colleague = browser_of(create_person("Karl Kollege", is_staff=True))
    customer = browser_of(create_person("Charlie Reed"))

    for path in ("", f"{batch.pk}/change/", f"{batch.pk}/pdf/", f"{batch.pk}/csv/"):
        assert colleague.get(QUEUE + path).status_code == 403
        assert customer.get(QUEUE + path).status_code in {302, 403, 404}
    for path in ("export/", f"{batch.pk}/do/posted/", f"{batch.pk}/do/spoiled/"):
        assert colleague.post(QUEUE + path).status_code == 403
    assert (LetterBatch.objects.count(), Letter.objects.count()) == (1, 1)


def test_a_batch_that_is_not_there_is_not_found(printer):
    for path in ("7/pdf/", "7/change/", "x/change/"):
        assert printer.get(QUEUE + path).status_code == 404


def test_the_pages_cost_as_many_queries_for_many_letters_as_for_few(
    printer, django_assert_max_num_queries, django_assert_num_queries
):
    owe_letter(), owe_letter(type="promise_overdue", days=2)
    printer.get(QUEUE)
    with django_assert_max_num_queries(20) as few:
        printer.get(QUEUE)
    for _number in range(5):
        owe_letter()

    with django_assert_num_queries(len(few)):
        printer.get(QUEUE)

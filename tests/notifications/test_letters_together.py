"""Letters when two people, a crash or the truth come between."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from notifications.delivery.sweep import free_stale_claims
from notifications.kinds import DeliveryState, Settled
from notifications.letters import export as exporting
from notifications.letters.export import export_batch
from notifications.letters.joining import join
from notifications.letters.matter import matters_for
from notifications.models import Letter, LetterBatch
from notifications.truth import check_before_sending
from tests.notifications.builders import lease_runs_out
from tests.notifications.letters import (
    QUEUE,
    create_printer,
    export,
    export_if_any,
    owe_letter,
    pages_of,
    pdf_of,
    printer,
    private_folder,
    stored_files,
)

__all__ = ["printer", "private_folder"]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_export_at_the_same_time_never_print_the_same_letter():
    waiting = {owe_letter().pk for _number in range(6)}
    people = [create_printer("Pia Print"), create_printer("Paul Press")]
    together = Barrier(len(people))

    def press(person):
        try:
            together.wait(timeout=20)
            return export_batch(by=person, limit=4)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        made = list(pool.map(press, people))

    printed = [sheet.row.pk for one in made for sheet in one.sheets]
    assert len(printed) == len(set(printed))
    assert set(printed) == waiting
    assert Letter.objects.count() == len(waiting)


@pytest.mark.django_db
def test_what_was_overtaken_is_not_printed(printer, monkeypatch):
    monkeypatch.setattr("notifications.truth._CHECKS", {})
    check_before_sending("appeal_decided", overtaken=lambda keys: dict.fromkeys(keys, "It ended."))
    stale = owe_letter()
    stale.notification.about = "appeal:AP-7K3M-92QX"
    stale.notification.save(update_fields=["about"])
    good = owe_letter()

    batch = export(printer)

    assert [letter.delivery_id for letter in batch.contents.all()] == [good.pk]
    stale.refresh_from_db()
    assert (stale.state, stale.reason) == (DeliveryState.CANCELLED, "It ended.")
    assert stale.notification.settled_as == Settled.NO_LONGER_TRUE


@pytest.mark.django_db
def test_a_letter_whose_message_arrived_meanwhile_is_not_printed(printer):
    delivery = owe_letter()
    one = delivery.notification
    one.settled_as, one.settled_at = Settled.REACHED, one.created_at
    one.save(update_fields=["settled_as", "settled_at"])

    page = printer.post(f"{QUEUE}export/", follow=True).content.decode()

    assert "1 letter was no longer needed" in page
    assert not LetterBatch.objects.exists()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("cancelled", "It arrived another way.")
    assert delivery.notification.settled_as == Settled.REACHED


@pytest.mark.django_db
def test_a_crash_half_way_prints_nothing_and_the_letter_waits_again(printer, monkeypatch):
    delivery = owe_letter()

    def die(*_given):
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "join", die)
    with pytest.raises(KeyboardInterrupt):
        printer.post(f"{QUEUE}export/")

    delivery.refresh_from_db()
    assert (delivery.state, delivery.lease_token) == (DeliveryState.READY, None)
    assert stored_files() == []
    monkeypatch.undo()


@pytest.mark.django_db
def test_a_machine_that_dies_leaves_claims_that_the_sweep_frees(printer, monkeypatch):
    delivery = owe_letter()

    def die(*_given):
        raise KeyboardInterrupt

    # Dead machines do not clean up.
    monkeypatch.setattr(exporting, "join", die)
    monkeypatch.setattr(exporting, "give_back", lambda *_given: None)
    with pytest.raises(KeyboardInterrupt):
        printer.post(f"{QUEUE}export/")
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.CLAIMED

    lease_runs_out()
    free_stale_claims()

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.READY


@pytest.mark.django_db
def test_a_claim_that_ran_out_while_typesetting_prints_nothing(printer, monkeypatch):
    delivery = owe_letter()
    joined = join

    def slow(*given):
        lease_runs_out()
        free_stale_claims()
        return joined(*given)

    monkeypatch.setattr(exporting, "join", slow)

    page = printer.post(f"{QUEUE}export/", follow=True).content.decode()

    assert "took too long" in page
    assert not LetterBatch.objects.exists()
    assert stored_files() == []
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.READY
    assert not delivery.attempts.exists()


@pytest.mark.django_db
def test_a_full_batch_goes_past_letters_that_cannot_be_printed(db):
    person = create_printer("Pia Print")
    unprintable = [owe_letter("王𠮷", days=1) for _number in range(3)]
    good = owe_letter(days=9)

    made = export_batch(by=person, limit=2)

    assert [sheet.row.pk for sheet in made.sheets] == [good.pk]
    assert made.set_aside == len(unprintable)


@pytest.mark.django_db
def test_pages_are_counted_through_the_batch_and_numbered_in_each_letter(printer, monkeypatch):
    owe_letter(days=1)
    owe_letter(days=2)
    paragraphs = matters_for

    def long(notifications):
        found = paragraphs(notifications)
        return {pk: type(one)(one.title, one.sections * 40) for pk, one in found.items()}

    monkeypatch.setattr(exporting, "matters_for", long)

    batch = export(printer)

    first, second = batch.contents.order_by("number")
    assert first.pages > 1
    assert second.first_page == first.pages + 1
    pages = pages_of(pdf_of(printer, batch))
    assert f"Page 1 of {first.pages}" in pages[0]
    assert f"Page {first.pages} of {first.pages}" in pages[first.pages - 1]
    assert f"Page 1 of {second.pages}" in pages[first.pages]


@pytest.mark.django_db
def test_files_of_a_machine_that_died_are_erased_and_those_of_batches_stay(printer, private_folder):
    owe_letter()
    batch = export(printer)
    folder = private_folder / f"{batch.made_at:%Y/%m}"
    orphan, fresh = folder / "LB-GONE-GONE.pdf", folder / "LB-JUST-MADE.pdf"
    for file in (orphan, fresh):
        file.write_bytes(b"half a letter")
    for file in (orphan, folder / f"{batch.reference}.pdf"):
        os.utime(file, (0, 0))

    export_if_any(printer)

    assert not orphan.exists()
    assert fresh.exists()
    assert pdf_of(printer, batch).startswith(b"%PDF")


@pytest.mark.django_db
def test_the_database_itself_keeps_a_letter_out_of_a_second_batch(printer):
    delivery = owe_letter()
    batch = export(printer)

    with pytest.raises(IntegrityError, match="printed_once"):
        Letter.objects.create(delivery=delivery, batch=batch, number=2, first_page=2, pages=1)

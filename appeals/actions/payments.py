"""Takes in what the lender's ledger reports about payments: each id once, for good."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from appeals.feed.decoding import Unusable
from appeals.feed.payments import Payment, id_of, read_payment
from appeals.models import CreditLine, PaymentReport

# Days begin up to half a day earlier in the east than in UTC.
EVERYWHERE = timedelta(days=1)
CONFLICT = (
    "A payment with this id but other content is stored already; the stored one stays. "
    "A correction is a new payment report with an id of its own."
)


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """What became of one report: `created`, `unchanged`, `conflict` or `rejected`."""

    payment_id: str
    status: str
    error: str = ""


def take_payments(trees: Sequence[Any]) -> list[PaymentAnswer]:
    """Store what is new and good; answer each in order, whatever became of its neighbours."""
    answers: dict[int, PaymentAnswer] = {}
    good: list[tuple[int, Payment]] = []
    for number, tree in enumerate(trees):
        try:
            one = read_payment(tree, f"[{number}]")
            _check_is_past(one, f"[{number}]")
            good.append((number, one))
        except Unusable as error:
            answers[number] = PaymentAnswer(id_of(tree), "rejected", str(error))
    answers.update(_store(good))
    return [answers[number] for number in range(len(trees))]


def _check_is_past(one: Payment, place: str) -> None:
    """What is to be paid is no payment yet: it must not meet a condition ahead of its day."""
    if one.paid_on is not None and one.paid_on > timezone.now().date() + EVERYWHERE:
        raise Unusable(f"{place}.paid_on lies ahead. Send null until it is paid.")


@transaction.atomic
def _store(numbered: Sequence[tuple[int, Payment]]) -> Iterable[tuple[int, PaymentAnswer]]:
    lines = dict(
        CreditLine.objects.filter(reference__in={one.line for _, one in numbered}).values_list(
            "reference", "pk"
        )
    )
    known = _stored({one.payment_id for _, one in numbered})
    now = timezone.now()
    # The first of two with one id in one list is the one that counts.
    fresh = {
        one.payment_id: one
        for _, one in reversed(numbered)
        if one.payment_id not in known and one.line in lines
    }
    # Somebody else may store the same id at this moment: the database keeps one of the two.
    PaymentReport.objects.bulk_create(
        [
            PaymentReport(
                source_id=one.payment_id,
                content_sha256=one.content_sha256(),
                line_id=lines[one.line],
                due_on=one.due_on,
                paid_on=one.paid_on,
                amount=one.amount,
                received_at=now,
            )
            for _, one in sorted(fresh.items())
        ],
        ignore_conflicts=True,
    )
    stored = _stored(set(fresh)) | known
    answers = []
    for number, one in numbered:
        is_first = fresh.get(one.payment_id) is one
        answers.append((number, _answer(one, stored.get(one.payment_id), is_first=is_first)))
    return answers


def _answer(one: Payment, stored_sha256: str | None, *, is_first: bool) -> PaymentAnswer:
    if stored_sha256 is None:
        error = "We do not know this line. Send the line's decision first."
        return PaymentAnswer(one.payment_id, "rejected", error)
    if stored_sha256 != one.content_sha256():
        return PaymentAnswer(one.payment_id, "conflict", CONFLICT)
    return PaymentAnswer(one.payment_id, "created" if is_first else "unchanged")


def _stored(source_ids: set[str]) -> dict[str, str]:
    rows = PaymentReport.objects.filter(source_id__in=source_ids)
    return dict(rows.values_list("source_id", "content_sha256"))

"""The cases that `desk_keys` decides: sent as customers send them, each with what is to be said.

Ten sorts in turn, so that a hundred cases are ten of each: one to five grounds, every outcome there
is, papers of one to three pages, sentences of the reviewer's own, customers who read Chinese.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO

import pikepdf
from django.contrib.auth.models import Group
from django.core.files.base import File
from django.utils import timezone

from appeals.actions.appeals import submit_appeal
from appeals.actions.drafts import save_ground_statement, save_grounds, save_wish, start_appeal
from appeals.actions.evidence import Purpose, receive_evidence
from appeals.evidence.checking import check_evidence
from appeals.models import Appeal, ReviewQueue, Wish
from appeals.sample.facts import make_facts
from appeals.states import EvidenceState, OutcomeKind, Ruling
from portal.models import Customer
from tests.appeals.builders import create_customer, create_decision
from tests.appeals.files import pdf

YES, NO, BESIDE = Ruling.ACCEPTED, Ruling.REFUTED, Ruling.NOT_MATERIAL
# Two go to a queue where one person decides, the others to ones that ask for a second.
CODES = (
    "BUR-UTIL-HIGH",
    "ACC-LATE-PAST",
    "BUR-TOTAL-DEBT",
    "ACC-PAYMENT-RETURNED",
    "INC-DEBT-RATIO",
)
TWO_PEOPLE = ("income_verification", "data_correction")
SAYS = {
    "en": "We looked at your papers again. This is what we can do now.",
    "zh-hans": "我们再次看了您的材料。这是我们现在能做的。",
}
FINDS = {
    "en": "You paid this in July. We see it now.",
    "zh-hans": "您七月已还清，我们已看到。",
}


@dataclass(frozen=True)
class Sort:
    """What a reviewer says to cases of this sort, and what they look at first."""

    rulings: tuple[Ruling, ...]
    kind: OutcomeKind
    # By field of the page, in its order; a date as its eight digits are typed.
    typed: Mapping[str, str | date] = field(default_factory=dict)
    # Pages of each paper.
    papers: tuple[int, ...] = ()
    says_own: bool = False
    finds_own: bool = False


@dataclass(frozen=True)
class Todo:
    """One case and what is to be said to it."""

    appeal: Appeal
    sort: Sort

    @property
    def sentence(self) -> str:
        return SAYS[self.appeal.customer.locale] if self.sort.says_own else ""

    @property
    def finding(self) -> str:
        """The reviewer's own words on the last ground; else the desk's stay."""
        return FINDS[self.appeal.customer.locale] if self.sort.finds_own else ""


def sorts(today: date) -> tuple[Sort, ...]:
    later, spring = today + timedelta(days=45), today + timedelta(days=120)
    return (
        Sort((YES, YES), OutcomeKind.RESTORED),
        Sort((YES,), OutcomeKind.RESTORED, papers=(1,), says_own=True),
        Sort((YES, NO), OutcomeKind.PARTLY_RESTORED, {"new_limit": "2500"}, papers=(2,)),
        Sort((NO, NO), OutcomeKind.KEPT, {"look_again_on": spring}),
        Sort((NO, BESIDE, NO), OutcomeKind.KEPT, papers=(1, 3), says_own=True),
        Sort(
            (YES, NO),
            OutcomeKind.CONDITIONAL,
            {"new_limit": "2200", "payments_needed": "3", "by_date": spring, "then_limit": "3800"},
        ),
        Sort((NO, YES), OutcomeKind.TEMPORARY, {"new_limit": "3000", "until": later}),
        Sort((YES,), OutcomeKind.CORRECTED, {"is-1-util_pct": "41"}, papers=(1,)),
        Sort((YES, BESIDE, YES, NO, YES), OutcomeKind.PARTLY_RESTORED, {"new_limit": "3100"}),
        Sort((BESIDE, YES), OutcomeKind.TO_BUREAU, {"bureau": "Harbour Bureau"}, finds_own=True),
    )


def make_reviewer() -> Customer:
    """Somebody who works in every queue that is not restricted."""
    kit = Customer.objects.create_user(
        reference="KEYS", name="Kit Marlow", email="kit@desk.example", is_staff=True
    )
    Group.objects.get(name="Reviewers").user_set.add(kit)
    kit.review_queues.set(ReviewQueue.objects.filter(is_restricted=False))
    ReviewQueue.objects.filter(key__in=TWO_PEOPLE).update(needs_second_approval=True)
    return kit


def send_cases(count: int) -> Iterator[Todo]:
    """Send so many, each through the actions of the customer's own pages."""
    chance = random.Random(12)
    kinds = sorts(timezone.now().date())
    for number in range(count):
        sort = kinds[number % len(kinds)]
        # So that each sort comes to each language and queue.
        turn = number // len(kinds)
        yield Todo(_send(chance, sort, turn), sort)


def _send(chance: random.Random, sort: Sort, turn: int) -> Appeal:
    abroad = {"locale": "zh-hans", "jurisdiction": "CN", "region": "CN-SH"} if turn % 3 == 2 else {}
    person = create_customer(**abroad)
    day = timezone.now().date() - timedelta(days=2)
    first = 0 if sort.kind == OutcomeKind.CORRECTED else turn
    codes = [CODES[(first + rank) % len(CODES)] for rank in range(len(sort.rulings))]
    reasons = [(code, make_facts(chance, code, day=day)) for code in codes]
    decision = create_decision(person, reasons=reasons)
    appeal = start_appeal(decision=decision, by=person)
    ranks = range(1, len(codes) + 1)
    for ground in save_grounds(appeal=appeal, ranks=ranks, by=person):
        said = "I paid this in July and sent you the statement."
        save_ground_statement(ground=ground, statement=said, by=person)
    save_wish(appeal=appeal, wish=Wish.PART, requested_limit=Decimal(2000), by=person)
    _add_papers(appeal, person, sort.papers)
    return submit_appeal(appeal=appeal, by=person)


def _entitle(name: str, document: pikepdf.Pdf) -> None:
    """No two papers are the same file: the desk would say so."""
    document.docinfo["/Title"] = name


def _add_papers(appeal: Appeal, person: Customer, papers: Sequence[int]) -> None:
    """Each is checked in its sandbox before the case is sent, as the customer waits for it."""
    for number, pages in enumerate(papers):
        name = f"{appeal.reference}-{number}.pdf"
        content = pdf(partial(_entitle, name), pages=pages)
        file = File(BytesIO(content), name)
        purpose = Purpose(kind="payslip", ground=appeal.grounds.first())
        document = receive_evidence(appeal=appeal, file=file, by=person, purpose=purpose)
        check_evidence(document.pk)
        document.refresh_from_db()
        if document.state != EvidenceState.READY:
            raise RuntimeError(f"The paper was not taken: {document.refusal}")

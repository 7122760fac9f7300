"""Where nothing else reaches a customer, the letter is the notice: its own frozen words."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appeals.actions.notices import line_changed
from appeals.letters import notice_letters
from appeals.models import Notice
from notifications.api import Lane, LetterSubject, notify_many
from notifications.delivery.settle import settle_due
from tests.appeals.builders import RESTRICTED, create_customer, create_decision
from tests.notifications.letters import (
    QUEUE,
    browser_of,
    create_printer,
    export,
    pages_of,
    pdf_of,
    printer,
    private_folder,
)

__all__ = ["printer", "private_folder"]
pytestmark = pytest.mark.django_db


def tell(**customer) -> Notice:
    """A decision about somebody who has no phone and no e-mail address; its letter waits."""
    person = create_customer(email=None, phone=None, **customer)
    decision = create_decision(person)
    notify_many([line_changed(decision, decision.notice, Lane.STANDARD)])
    settle_due()
    return decision.notice


def squeezed(text: str) -> str:
    """Lines break elsewhere on paper, also inside Chinese sentences."""
    return "".join(text.split())


def printed(client: Client) -> str:
    return squeezed("".join(pages_of(pdf_of(client, export(client)))))


def words_of(content) -> list[str]:
    """Every sentence a reader of the notice must find again."""
    reasons = content["reasons"]
    return [
        *(content[name] for name in ("headline", "line", "effective", "unchanged", "automated")),
        content["deadline"],
        *(content[side][part] for side in ("before", "after") for part in ("label", "value")),
        *content["figures"],
        *(one[name] for one in reasons for name in ("title", "explanation", "counterfactual")),
        *(one["what_you_can_do"] for one in reasons),
        *(pair[part] for one in reasons for pair in one["pairs"] for part in ("label", "value")),
        *(paper["label"] for one in reasons for paper in one["papers"]),
        *content["rights"],
        *(part for body in content["bodies"] for name, part in body.items() if name != "key"),
    ]


@pytest.mark.parametrize(
    ("language", "jurisdiction"), [("en", "US"), ("en", "GB"), ("zh-hans", "CN"), ("zh-hans", "US")]
)
def test_the_letter_says_every_word_of_the_notice(printer, language, jurisdiction):
    notice = tell(locale=language, jurisdiction=jurisdiction)

    letter = printed(printer)

    missing = [
        words for words in words_of(notice.content[language]) if squeezed(words) not in letter
    ]
    assert missing == []
    assert notice.reference in letter


def test_the_letter_says_where_to_appeal(printer, settings):
    notice = tell()

    assert f"{settings.PUBLIC_URL}/decisions/{notice.decision.reference}/" in printed(printer)


def test_a_notice_that_was_altered_is_not_printed(printer):
    notice = tell()
    with connection.cursor() as cursor:  # as only somebody inside the database can
        cursor.execute("SET LOCAL session_replication_role = replica")
        Notice.objects.update(content={**notice.content, "fr": {}})
        cursor.execute("SET LOCAL session_replication_role = origin")

    page = printer.post(f"{QUEUE}export/", follow=True).content.decode()

    assert "There is no text for this letter." in page
    assert notice.decision.customer.reference in page


def test_nobody_gets_the_notice_of_somebody_else():
    notice, stranger = tell(), create_customer("Charlie Reed")
    subject = LetterSubject(
        notification_id=1,
        recipient_id=stranger.pk,
        language="en",
        context={"notice": notice.reference},
        about="",
        link="",
    )

    assert notice_letters([subject]) == {}


def test_a_restricted_reason_says_no_more_on_paper(printer):
    person = create_customer(email=None, phone=None)
    decision = create_decision(person, reasons=[RESTRICTED])
    notify_many([line_changed(decision, decision.notice, Lane.STANDARD)])
    settle_due()

    letter = printed(printer)

    assert squeezed(decision.notice.content["en"]["reasons"][0]["explanation"]) in letter
    assert "Papersthathelp" not in letter


def test_many_letters_cost_as_many_queries_as_few(db):
    def cost(letters: int) -> int:
        client = browser_of(create_printer(f"Printer of {letters}"))
        for _number in range(letters):
            tell()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert export(client).letters == letters
        return len(queries)

    cost(1)
    assert cost(2) == cost(6)

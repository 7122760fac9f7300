"""Where we must not send: for which cause, who sees it, and who may lift it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from notifications.kinds import ChannelKind, SuppressionCause
from notifications.models import Suppression
from notifications.preferences import Stop, suppress
from notifications.receipts import Word, apply_receipts
from tests.notifications.builders import attempt_of, create_person
from tests.notifications.sent import sent_email, sent_sms

pytestmark = pytest.mark.django_db
LIST = "/admin/notifications/suppression/"
NUMBER = "+12025550188"


def hear(delivery, provider, said, code=""):
    attempt_id = attempt_of(delivery).pk
    apply_receipts([Word(provider, f"e-{said}-{code}", said, "", attempt_id=attempt_id, code=code)])
    delivery.refresh_from_db()
    stops = Suppression.objects.filter(lifted_at=None)
    assert {stop.address for stop in stops} <= {delivery.address}
    return [(stop.cause, stop.sender) for stop in stops]


# --- From receipts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason", "cause"),
    [
        ("30003", "The phone could not be reached for now.", None),
        ("30005", "This is not a phone number that can get an SMS.", None),
        ("30006", "This is a landline, which cannot get an SMS.", "dead_number"),
        ("21610", "The person answered STOP.", "stop"),
        ("30008", "The SMS service cannot reach this number.", None),
        ("31999", "The provider says that it did not arrive.", None),
        ("", "The provider says that it did not arrive.", None),
        ("what", "The provider says that it did not arrive.", None),
    ],
)
def test_an_sms_that_did_not_arrive_says_why(code, reason, cause):
    (sms,) = sent_sms()

    stops = hear(sms, "twilio", "undelivered", code)

    assert (sms.state, sms.reason) == ("undelivered", reason)
    assert stops == ([(cause, "taker")] if cause else [])


@pytest.mark.parametrize(
    ("said", "code", "state", "cause"),
    [
        ("bounce", "bounce", "undelivered", "bounce"),
        ("bounce", "blocked", "undelivered", None),
        ("dropped", "", "undelivered", None),
        ("dropped", "Bounced Address", "undelivered", "bounce"),
        ("dropped", "Unsubscribed Address", "undelivered", "unsubscribed"),
        ("dropped", "Spam Reporting Address", "undelivered", "complaint"),
        ("spamreport", "", "delivered", "complaint"),
        ("unsubscribe", "", "delivered", "unsubscribed"),
        ("group_unsubscribe", "", "delivered", "unsubscribed"),
        ("deferred", "", "accepted", None),
        ("open", "", "delivered", None),
    ],
)
def test_words_about_emails(said, code, state, cause):
    (mail,) = sent_email()

    stops = hear(mail, "sendgrid", said, code)

    assert mail.state == state
    assert [found for found, _sender in stops] == ([cause] if cause else [])


def test_a_complaint_after_a_bounce_is_what_stands():
    (mail,) = sent_email()
    hear(mail, "sendgrid", "bounce")

    assert hear(mail, "sendgrid", "spamreport") == [("complaint", "taker")]
    assert hear(mail, "sendgrid", "unsubscribe") == [("complaint", "taker")]
    assert Suppression.objects.count() == 2


@pytest.mark.parametrize("order", [("bounce", "spamreport"), ("spamreport", "bounce")])
def test_of_two_causes_in_one_post_the_persons_own_stands(order):
    (mail,) = sent_email()
    attempt_id = attempt_of(mail).pk

    apply_receipts([Word("sendgrid", said, said, "", attempt_id=attempt_id) for said in order])

    assert Suppression.objects.get(lifted_at=None).cause == "complaint"


def test_who_subscribes_again_gets_mail_again_but_a_complaint_stands():
    (mail,) = sent_email()
    hear(mail, "sendgrid", "group_unsubscribe")
    assert hear(mail, "sendgrid", "group_resubscribe") == []

    (other,) = sent_email()
    hear(other, "sendgrid", "spamreport")
    (stop,) = hear(other, "sendgrid", "group_resubscribe")
    assert stop[0] == "complaint"


# --- At the desk -------------------------------------------------------------------------------


@pytest.fixture
def desk(client):
    """A browser of staff who may stop and free addresses."""
    codenames = ["view_suppression", "add_suppression", "change_suppression"]
    return sign_in(client, codenames)


def sign_in(client, codenames):
    staff = create_person("Sam Reed", is_staff=True)
    staff.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(staff)
    return client


def stopped(cause, address=NUMBER):
    suppress(ChannelKind.SMS, {address: Stop(cause, "Detail.", "twilio:MG1")}, timezone.now())
    return Suppression.objects.get(address=address, lifted_at=None)


def lift_page(stop):
    return reverse("admin:notifications_suppression_lift", args=[stop.pk])


@pytest.mark.parametrize("cause", ["bounce", "dead_number", "staff"])
def test_staff_lift_it_with_a_reason(desk, cause):
    stop = stopped(SuppressionCause(cause))
    page = reverse("admin:notifications_suppression_change", args=[stop.pk])
    assert lift_page(stop) in desk.get(page).content.decode()
    assert NUMBER in desk.get(lift_page(stop)).content.decode()

    desk.post(lift_page(stop), {"why": " "})
    stop.refresh_from_db()
    assert stop.lifted_at is None

    desk.post(lift_page(stop), {"why": "A new phone."})
    stop.refresh_from_db()
    assert stop.lifted_because == "A new phone."
    assert lift_page(stop) not in desk.get(page).content.decode()
    assert desk.post(lift_page(stop), {"why": "Again."}).status_code == 403


@pytest.mark.parametrize("cause", ["stop", "complaint", "unsubscribed"])
def test_what_a_person_asked_for_has_no_button_and_no_way_around_it(desk, cause):
    stop = stopped(SuppressionCause(cause))
    page = desk.get(reverse("admin:notifications_suppression_change", args=[stop.pk]))

    assert page.status_code == 200
    assert lift_page(stop) not in page.content.decode()
    assert desk.get(lift_page(stop)).status_code == 403
    assert desk.post(lift_page(stop), {"why": "They like us."}).status_code == 403
    delete = reverse("admin:notifications_suppression_delete", args=[stop.pk])
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    stop.refresh_from_db()
    assert stop.lifted_at is None


def test_who_may_only_look_changes_nothing(client):
    looker = sign_in(client, ["view_suppression"])
    stop = stopped(SuppressionCause.BOUNCE)

    assert NUMBER in looker.get(LIST).content.decode()
    assert looker.post(lift_page(stop), {"why": "Hm."}).status_code == 403
    assert looker.get(f"{LIST}add/").status_code == 403


def test_staff_without_any_right_and_customers_see_nothing(client):
    assert sign_in(client, []).get(LIST).status_code == 403
    client.force_login(create_person())
    assert client.get(LIST).status_code in {302, 404}


def test_staff_stop_an_address_with_a_reason(desk):
    told = {"channel": "sms", "address": "+1 (202) 555-0188", "detail": "Belongs to a hotel."}
    assert desk.post(f"{LIST}add/", {**told, "detail": ""}).status_code == 200
    assert not Suppression.objects.exists()

    assert desk.post(f"{LIST}add/", told).status_code == 302

    stop = Suppression.objects.get()
    assert (stop.address, stop.cause, stop.detail) == (NUMBER, "staff", "Belongs to a hotel.")
    assert stop.created_at is not None
    assert "stopped already" in desk.post(f"{LIST}add/", told).content.decode()


@pytest.mark.parametrize(
    ("channel", "address"),
    [("sms", "2025550188"), ("sms", "a@mail.example"), ("email", "+12025550188"), ("push", "x")],
)
def test_an_address_that_is_none_is_refused(desk, channel, address):
    told = {"channel": channel, "address": address, "detail": "Why not."}

    assert desk.post(f"{LIST}add/", told).status_code == 200
    assert not Suppression.objects.exists()


def test_stops_are_found_by_address_and_by_customer(desk):
    alice = create_person(phone="+12025550166", email="Alice@mail.example")
    stopped(SuppressionCause.STOP, address="+12025550166")
    stopped(SuppressionCause.BOUNCE)
    mail = {"alice@mail.example": Stop(SuppressionCause.BOUNCE)}
    suppress(ChannelKind.EMAIL, mail, timezone.now())

    def found(text):
        page = desk.get(LIST, {"q": text})
        return {row.address for row in page.context["cl"].queryset}

    assert found(alice.reference) == {"+12025550166", "alice@mail.example"}
    assert found("550188") == {NUMBER}
    assert found("P-none") == set()
    shown = desk.get(LIST).content.decode()
    assert "The person answered STOP" in shown
    assert "twilio:MG1" in shown

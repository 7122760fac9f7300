"""`manage.py load_sample`: what there is to look around with."""

import io
import json
import stat
from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import CommandError, call_command

from appeals.catalogue import CATALOGUE
from appeals.models import (
    DecisionReason,
    FeedRun,
    LineDecision,
    Notice,
    NoticeHold,
    RejectedLine,
    ReviewerProfile,
    ReviewQueue,
    RuleAlarm,
)
from notifications.models import Notification
from portal.models import Customer
from portal.sign_in.second_factor import use_typed_code

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def local(settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    return tmp_path


def test_the_sample_has_something_of_everything(local):
    run("load_sample")

    assert not RejectedLine.objects.exists()
    assert 290 <= LineDecision.objects.count() <= 310
    codes = set(DecisionReason.objects.values_list("code", flat=True))
    assert codes == CATALOGUE.reasons.keys()
    assert set(LineDecision.objects.values_list("action", flat=True)) == {
        "reduce",
        "suspend",
        "close",
        "restore",
        "raise",
    }
    people = Customer.objects.filter(is_staff=False)
    assert set(people.values_list("jurisdiction", flat=True)) == {"US", "GB", "EU", "CN"}
    assert set(people.values_list("locale", flat=True)) == {"en", "zh-hans"}
    with_policy = LineDecision.objects.exclude(policy=None)
    assert with_policy.values("policy__ref").distinct().count() == 1
    assert with_policy.values("policy__region").distinct().count() == 2
    burst = LineDecision.objects.filter(rule_version="8.0.1", rule_id="BEH-SCORE")
    assert burst.count() >= 60
    # One may not be told; one counts where somebody lives and names no objective reasons.
    held = sorted(NoticeHold.objects.values_list("code", flat=True))
    assert len(held) == 2
    assert "residence" in held
    assert Notification.objects.filter(type="line_changed").count() == Notice.objects.count()


def test_the_supervisor_finds_the_alarm_about_the_burst_waiting(local):
    run("load_sample")
    run("load_sample")

    alarm = RuleAlarm.objects.get()
    assert (alarm.rule_id, alarm.rule_version, alarm.state) == ("BEH-SCORE", "8.0.1", "open")
    assert alarm.number == 60
    assert alarm.samples.exists()
    told = Notification.objects.get(type="rule_alarm")
    assert told.recipient == Customer.objects.get(reference="DEMO-SAM")


def test_the_sample_is_loaded_once_even_on_another_day(local):
    run("load_sample")
    before = LineDecision.objects.count()

    with time_machine.travel(date.today() + timedelta(days=3)):  # noqa: DTZ011
        run("load_sample")

    assert (LineDecision.objects.count(), FeedRun.objects.count()) == (before, 1)


def test_a_load_that_broke_off_goes_on_with_its_own_days(local):
    run("load_sample")
    FeedRun.objects.update(finished_at=None)

    with time_machine.travel(date.today() + timedelta(days=3)):  # noqa: DTZ011
        run("load_sample")

    newest = FeedRun.objects.latest("pk")
    assert (newest.created, newest.conflicts, newest.rejected) == (0, 0, 0)


def test_demo_people_can_be_signed_in_as_by_what_the_note_says(local):
    run("load_sample")
    note = local / "demo.json"
    people = json.loads(note.read_text(encoding="utf-8"))

    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert Counter(one["role"] for one in people["staff"]) == {
        "reviewer": 2,
        "approver": 1,
        "supervisor": 1,
        "quality": 1,
        "catalogue": 1,
        "auditor": 1,
    }
    for one in people["staff"]:
        person = Customer.objects.get(email=one["email"])
        assert person.is_staff
        assert person.check_password(one["password"])
        assert person.has_perm(f"appeals.{RIGHT_OF[one['role']]}")
        assert use_typed_code(person, totp_code(one["totp_secret"]))
    for one in people["customers"]:
        customer = Customer.objects.get(email=one["email"])
        assert customer.locale == one["locale"]
        assert Notice.objects.filter(decision__customer=customer).exists()


RIGHT_OF = {
    "reviewer": "review_appeal",
    "approver": "approve_appeal",
    "supervisor": "supervise_appeal",
    "quality": "check_quality",
    "catalogue": "edit_catalogue",
    "auditor": "audit_appeal",
}


def totp_code(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_one_reviewer_does_not_see_the_guarded_queue(local):
    run("load_sample")

    keys = [
        set(ReviewQueue.objects.filter(members__reference=reference).values_list("key", flat=True))
        for reference in ("DEMO-ROSA", "DEMO-LIN")
    ]

    assert keys[0] == CATALOGUE.queues.keys()
    assert keys[0] - keys[1] == {"fraud_identity"}
    assert ReviewQueue.objects.get(key="fraud_identity").is_restricted
    rosa, lin = (
        ReviewerProfile.objects.get(person__reference=reference).is_cleared
        for reference in ("DEMO-ROSA", "DEMO-LIN")
    )
    assert (rosa, lin) == (True, False)


def test_who_only_reads_or_edits_texts_works_in_no_queue(local):
    run("load_sample")

    for reference in ("DEMO-JONAS", "DEMO-MEI", "DEMO-INES"):
        person = Customer.objects.get(reference=reference)
        assert not person.review_queues.exists()
        assert not person.has_perm("appeals.review_appeal")


def test_passwords_stay_until_the_note_is_lost(local):
    run("load_sample")
    first = (local / "demo.json").read_text()
    run("load_sample")
    assert (local / "demo.json").read_text() == first

    (local / "demo.json").unlink()
    run("load_sample")

    again = json.loads((local / "demo.json").read_text())
    person = Customer.objects.get(email=again["staff"][0]["email"])
    assert person.check_password(again["staff"][0]["password"])
    assert Authenticator.objects.filter(user=person).count() == 1


def test_the_sample_refuses_to_go_into_production(settings, local):
    settings.IS_PRODUCTION = True

    with pytest.raises(CommandError, match="not for production"):
        run("load_sample")

    assert not LineDecision.objects.exists()

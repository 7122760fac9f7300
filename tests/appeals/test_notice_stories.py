"""One cut in each jurisdiction, through the door: feed line, notice, page, clocks, in its day."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from appeals.actions.ingest import ingest_one
from appeals.deadlines import last_day
from appeals.models import LineDecision, NoticeClock
from tests.appeals.feeds import HIGH_USE, LATE_PAST, as_bytes, feed_line
from tests.appeals.markup import Page

# After the second Consumer Credit Directive began to apply.
DAY = datetime(2026, 12, 2, 15, tzinfo=UTC)
PLACES = {
    "US": ("US-NY", "America/New_York", "USD"),
    "GB": ("GB-ENG", "Europe/London", "GBP"),
    "EU": ("FR-IDF", "Europe/Paris", "EUR"),
    "EU/DE": ("DE-BE", "Europe/Berlin", "EUR"),
    "CN": ("CN-SC", "Asia/Shanghai", "CNY"),
}
# What the reader finds in the rights and among who else can help.
SAID = {
    "en": {
        "US": ["Equal Credit Opportunity Act", "before 16 January 2027", "Northern Credit Bureau"],
        "GB": ["Articles 22A to 22D", "within six months", "Exchange Tower, London E14 9SR"],
        "EU": ["Directive (EU) 2023/2225", "debt advice in your country", "dispute"],
        "EU/DE": ["conciliation body of the Deutsche Bundesbank", "www.meine-schulden.de"],
        "CN": ["Personal Information Protection Law", "within 15 days", "12378"],
    },
    "zh-hans": {
        "US": ["平等信贷机会法", "2027年1月16日", "北方征信"],
        "GB": ["第22A至22D条", "六个月内", "Exchange Tower, London E14 9SR"],
        "EU": ["欧盟指令2023/2225", "独立的债务咨询服务", "庭外争议解决机构"],
        "EU/DE": ["德国联邦银行调解机构", "www.meine-schulden.de"],
        "CN": ["个人信息保护法", "15日内答复", "12378"],
    },
}
LAST_DAYS = {
    "US": {"US.notice.days30": date(2027, 1, 1), "US.fee_guard": date(2027, 1, 16)},
    "GB": {"GB.notice.before_effect": date(2026, 12, 3)},
    "EU": {"EU.notice.before_effect": date(2026, 12, 3)},
    "EU/DE": {"EU.notice.before_effect": date(2026, 12, 3)},
    "CN": {"CN.notice.own": date(2026, 12, 9)},
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("place", PLACES)
def test_a_cut_is_told_with_the_rights_and_clocks_of_its_place(client, place, language):
    region, zone, currency = PLACES[place]
    person = {
        "jurisdiction": place[:2],
        "region": region,
        "time_zone": zone,
        "locale": language,
    }
    decided = (DAY - timedelta(hours=1)).isoformat()
    line = feed_line(
        customer=person,
        line={"currency": currency},
        decided_at=decided,
        effective_at=decided,
        reasons=[LATE_PAST, HIGH_USE],
    )

    with time_machine.travel(DAY, tick=False), translation.override(language):
        assert ingest_one(as_bytes(line), source="test").status == "created"
        decision = LineDecision.objects.get()
        client.force_login(decision.customer)
        page = client.get(reverse("appeals:decision", args=[decision.reference]))

    text = Page(page.content.decode()).text
    assert [words for words in SAID[language][place] if words not in text] == []
    assert decision.notice.pack_name == place
    assert decision.notice.pack_version in text
    clocks = NoticeClock.objects.filter(decision=decision)
    assert {clock.rule: last_day(clock.due_at, decision.customer.zone) for clock in clocks} == (
        LAST_DAYS[place]
    )

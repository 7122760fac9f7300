"""The jurisdiction packs: what holds where and when, and which file is refused at which line."""

import shutil
from datetime import UTC, date, datetime

import pytest

from appeals.catalogue import CATALOGUE
from appeals.catalogue.packs import FOLDER, PACKS, PackError, PackTable, pack_for, pack_of
from appeals.catalogue.packs.reading import RIGHTS
from appeals.deadlines import CALENDARS
from appeals.models import ClockKind, DayUnit
from tests.appeals.builders import create_customer

TODAY = date(2026, 11, 27)


def copy_of(tmp_path, **changed):
    """A folder like ours with one text put for another in the files named."""
    folder = tmp_path / "packs"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name, (old, new) in changed.items():
        path = next(folder.glob(f"{name}-2*.yaml"))
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


# --- What holds where and when -------------------------------------------------------------------


@pytest.mark.parametrize("jurisdiction", CALENDARS)
def test_every_place_has_its_rights_bodies_clocks_and_periods(jurisdiction):
    pack = pack_for(jurisdiction, "", TODAY)

    assert set(pack.rights) == set(RIGHTS)
    assert {"decision", "evidence"} <= set(pack.retention)
    assert pack.blocks
    assert pack.notice_clocks
    for clock in pack.clocks.values():
        assert ClockKind(clock.kind)
        assert DayUnit(clock.unit)
    for body in pack.bodies.values():
        assert body.site or body.phone


def test_nothing_claims_a_sign_off_that_nobody_gave():
    for pack in PACKS.all():
        named = {"US.notice", "US.ecoa"} if pack.name == "US" else set()
        assert named <= set(pack.unsigned)
        assert all(right.signed_off is None for right in pack.rights.values())


def test_the_edition_in_force_on_the_day_is_taken():
    before, after = (pack_for("EU", "FR", day) for day in (date(2026, 11, 19), date(2026, 11, 20)))

    assert (before.version[:10], after.version[:10]) == ("2018-05-25", "2026-11-20")
    assert "2023/2225" in after.blocks[0].text["en"]
    assert "2023/2225" not in before.blocks[0].text["en"]


def test_the_day_is_the_customers_own(db):
    # Half past midnight in Berlin, still the day before in Lisbon.
    at = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    person = {"jurisdiction": "EU", "region": "FR"}
    berlin = create_customer(time_zone="Europe/Berlin", **person)
    lisbon = create_customer(time_zone="Europe/Lisbon", **person)

    assert pack_of(berlin, at).version[:10] == "2026-11-20"
    assert pack_of(lisbon, at).version[:10] == "2018-05-25"


def test_the_oldest_edition_stands_for_the_days_before_it():
    assert pack_for("GB", "GB-ENG", date(2020, 1, 1)) is pack_for("GB", "GB-ENG", TODAY)


def test_a_country_says_only_what_differs():
    base, germany = pack_for("EU", "FR", TODAY), pack_for("EU", "DE-BE", TODAY)

    assert (germany.name, germany.jurisdiction, germany.country) == ("EU/DE", "EU", "DE")
    assert germany.version.startswith(f"{base.version}+2026-11-20-")
    keys = [block.key for block in germany.blocks]
    assert keys == ["EU.automated", "EU.data", "DE.complaint", "DE.advice"]
    assert "Bundesbank" in germany.bodies["disputes"].name["en"]
    assert germany.bodies["northern_eu"] is base.bodies["northern_eu"]
    assert germany.rights["payment_help"].bodies == ("debt_advice",)
    # Before its own file is in force there is only the base.
    assert pack_for("EU", "DE-BE", date(2026, 11, 19)).name == "EU"


def test_one_pack_is_one_object_so_that_it_costs_nothing():
    assert pack_for("US", "US-NY", TODAY) is pack_for("US", "US-CA", date(2026, 10, 1))


def test_a_bureau_is_found_by_its_name_in_any_language():
    pack = pack_for("US", "US-NY", TODAY)

    assert pack.bureau() is pack.bureau("北方征信") is pack.bodies["northern"]
    assert pack.bureau("Someone Else") is None


@pytest.mark.parametrize(
    ("paper", "jurisdiction", "has_consent"),
    [(True, "US", False), (False, "US", True), (False, "GB", False), (False, "CN", False)],
)
def test_only_where_the_law_asks_for_consent_a_letter_alone_is_the_notice(
    paper, jurisdiction, has_consent
):
    writing = pack_for(jurisdiction, "", TODAY).writing

    assert writing.is_paper(has_consent=has_consent) is paper


def test_what_the_catalogue_calls_exempt_is_what_the_pack_exempts():
    exempt = pack_for("US", "", TODAY).notice.exempt
    codes = {code for one in exempt for code in one.reasons}

    assert codes <= set(CATALOGUE.reasons)
    assert {"ACC-INACTIVE", "HRD-PLAN", "ACC-LATE-NOW", "POL-REGION"} <= codes
    assert [one.key for one in exempt if one.needs_policy] == ["US.exempt.class_wide"]


# --- What is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("US", "schema_version: 1", "schema_version: 2", "line 4: this program reads schema"),
        ("US", "jurisdiction: US", "jurisdiction: FR", "line 5: 'FR' is not one of US"),
        ("US", "in_force_from: 2026-07-21", "in_force_from: soon", "line 7: a day such as"),
        ("US", "in_force_from: 2026-07-21", "in_force_from: 2026-07-22", "US-2026-07-22.yaml"),
        ("US", "  max_reasons: 4", "  max_reasons: four", "a whole number belongs here"),
        ("US", "  max_reasons: 4", "  max_reasons: 0", "at least 1"),
        ("US", "  max_reasons: 4\n", "", "max_reasons is missing"),
        ("US", "  max_reasons: 4", "  most_reasons: 4", "max_reasons is missing"),
        ("US", "    needs_policy: true", "    needs_policy: maybe", "true or false belongs here"),
        ("US", "  without_consent: [letter]", "  without_consent: [sms]", "also counts with it"),
        ("US", "  when: fee_guard", "  when: always", r"nothing to fill \{day\} with"),
        ("US", "在{day}之前", "在此之前", "other facts in one language"),
        ("US", "  when: fee_guard", "  when: sometimes", "'sometimes' is not one of always"),
        ("US", "- key: human_review", "- key: hug", "'hug' is not one of human_review"),
        ("US", "- key: nfcc", "- key: cfpb", "two rows with the key cfpb"),
        (
            "US",
            "  clock: US.data_right.reasons",
            "  clock: US.none",
            "line 110: explain names no clock: US.none",
        ),
        ("US", "  bodies: [nfcc]", "  bodies: [nobody]", "names no body: nobody"),
        ("US", "- key: US.fee_guard\n  source:\n", "- key: FR.guard\n  source:\n", "begin US."),
        ("US", "  kind: bureau", "  kind: advice", "names a bureau, and there is none"),
        ("US", "zh-Hans: 美国}", "zh-Hant: 美国}", "line 8: zh-Hans is missing"),
        ("US", "notice:\n", "notice: [\n", "line"),
        ("GB", "  number: 56", "  number: '56'", "a whole number belongs here"),
        ("GB", "  unit: month", "  unit: fortnight", "'fortnight' is not one of working"),
        ("GB", "  is_duty: false\n", "", "is_duty is missing"),
        ("GB", "  is_duty: false\n", "  is_duty: false\n  is_duty: true\n", "stands here twice"),
        ("GB", "  months: 72", "  months: 72\n  years: 6", "years is not a field here"),
        ("GB", "  signed_off: null", "  signed_off: {by: Counsel}", "on is missing"),
        ("CN", "zh-Hans: 征信异议答复", "zh-Hans: ''", "a text of 1 to"),
        ("EU-DE", "country: DE", "country: Germany", "1 to 2 characters"),
    ],
)
def test_a_pack_that_cannot_be_used_is_refused_by_file_and_line(tmp_path, name, old, new, words):
    folder = copy_of(tmp_path, **{name: (old, new)})

    with pytest.raises(PackError, match=words) as refused:
        PackTable(folder)

    assert str(refused.value).startswith(name)


def test_the_line_named_is_the_one_to_mend(tmp_path):
    folder = copy_of(tmp_path, GB=("  unit: month", "  unit: fortnight"))
    lines = (folder / "GB-2026-02-05.yaml").read_text(encoding="utf-8").splitlines()

    with pytest.raises(PackError) as refused:
        PackTable(folder)

    number = lines.index("  unit: fortnight") + 1
    assert str(refused.value).startswith(f"GB-2026-02-05.yaml, line {number}: ")


def test_a_place_without_a_pack_is_refused(tmp_path):
    folder = copy_of(tmp_path)
    (folder / "CN-2025-10-01.yaml").unlink()

    with pytest.raises(PackError, match="no pack of CN"):
        PackTable(folder)


def test_a_new_edition_is_a_new_file_and_the_old_one_stays(tmp_path):
    folder = copy_of(tmp_path)
    old = (folder / "US-2026-07-21.yaml").read_text(encoding="utf-8")
    new = old.replace("in_force_from: 2026-07-21", "in_force_from: 2027-01-01")
    new = new.replace("signed_off: null", "signed_off: {by: Jane Roe, on: 2026-12-01}")
    (folder / "US-2027-01-01.yaml").write_text(new, encoding="utf-8")

    table = PackTable(folder)

    last, first = (table.pack_for("US", "US-NY", day) for day in (date(2026, 12, 31), TODAY))
    assert last.version == first.version == pack_for("US", "US-NY", TODAY).version
    signed = table.pack_for("US", "US-NY", date(2027, 1, 1))
    assert signed.version.startswith("2027-01-01-")
    assert signed.unsigned == ()
    assert signed.notice.signed_off is not None
    assert signed.notice.signed_off.by == "Jane Roe"

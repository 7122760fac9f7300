"""Editing the catalogue in the admin: what editors type, see, and are told is wrong."""

import pytest

from appeals.catalogue import CATALOGUE
from appeals.catalogue.checks import document_problems, reason_problems
from appeals.catalogue.editions import (
    DOCUMENTS,
    REASONS,
    document_values,
    fingerprint,
    reason_values,
)
from appeals.models import CatalogueChange, CatalogueEdition
from appeals.states import AppealState
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import at
from tests.appeals.editors import (
    NEW_WORDS,
    USE_EN,
    USE_ZH,
    ask,
    create_editor,
    create_staff,
    keep,
    publish_words,
)

CODE = "BUR-UTIL-HIGH"
ROOT = "/admin/catalogue/"
PAGE = f"{ROOT}reasons/{CODE}/"


@pytest.fixture
def edith(db):
    return create_editor("Edith Rowe")


@pytest.fixture
def emil(db):
    return create_editor("Emil Novak")


@pytest.fixture
def editing(browse, edith):
    """Edith's browser."""
    return browse(edith)


def typed(code=CODE, **fields):
    """The form as the page sends it, with what is in force and these fields."""
    values = reason_values(CATALOGUE.reason(code))
    form = {
        "seen": fingerprint(values),
        "evidence": values["evidence"],
        "queue": values["queue"],
        "review_by": values["review_by"],
        "is_active": "on",
        "do": "keep",
    }
    for field in ("title", "explanation", "what_you_can_do", "counterfactual"):
        for language, suffix in (("en", "en"), ("zh-hans", "zh")):
            form[f"{field}_{suffix}"] = (values[field] or {}).get(language, "")
    return {name: value for name, value in {**form, **fields}.items() if value is not None}


def new_words(**fields):
    return typed(explanation_en=USE_EN, explanation_zh=USE_ZH, **fields)


def text_of(answer):
    return " ".join(answer.content.decode().split())


def address(change, act=""):
    return f"{ROOT}changes/{change.pk}/{act}"


# --- The whole way, through the pages ------------------------------------------------------------


def test_from_the_first_word_to_the_customers_page(
    browse, editing, edith, emil, browser, decision, django_capture_on_commit_callbacks
):
    assert editing.post(PAGE, new_words()).status_code == 302
    change = CatalogueChange.objects.get()
    answer = editing.post(address(change, "ask/"), {"note": "Say it in fewer words."}, follow=True)
    assert "A second person can publish it now." in text_of(answer)

    second = browse(emil)
    page = second.get(address(change))
    assert "Say it in fewer words." in text_of(page)
    # The preview, in both languages, with facts in place of their names.
    assert "Our line is" in text_of(page)
    assert "我们的标准为" in text_of(page)
    assert "{util_pct}" not in page.content.decode().split('class="desk-phone-page"', 1)[1]
    with django_capture_on_commit_callbacks(execute=True):
        answer = second.post(
            address(change, "publish/"), {"seen": page.context["seen"]}, follow=True
        )

    assert "Edition 1 is in force." in text_of(answer)
    # What the customer was told before stays as it was told.
    told = text_of(browser.get(f"/decisions/{decision.reference}/"))
    assert "Our rule starts at 80%" in told
    assert "Our line is" not in told
    later = create_decision(decision.customer)
    assert "Our line is 80%" in text_of(browser.get(f"/decisions/{later.reference}/"))


def test_an_appeal_under_way_goes_on_with_texts_that_changed(
    browse, edith, emil, django_capture_on_commit_callbacks
):
    queue = create_queue("credit_review", needs_second_approval=False)
    rosa = create_reviewer("Rosa Vega", queue=queue)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    with django_capture_on_commit_callbacks(execute=True):
        publish_words(
            edith,
            emil,
            title={"en": "You use much of your limits", "zh-hans": "额度使用较多"},
            evidence=["bank_statement"],
            is_active=False,
        )

    answer = browse(rosa).get(at(appeal))
    assert answer.status_code == 200
    assert "You use much of your limits" in text_of(answer)
    customer = browse(appeal.customer)
    assert customer.get(f"/appeals/{appeal.reference}/").status_code == 200
    told = text_of(customer.get(f"/decisions/{appeal.decision.reference}/"))
    assert "You use a large share of your credit limits" in told


def test_a_preview_keeps_nothing(editing):
    answer = editing.post(PAGE, new_words(do="look"))

    assert answer.status_code == 200
    assert "Our line is" in text_of(answer).split("As the customer reads it")[1]
    assert "<ins>" in text_of(answer)
    assert not CatalogueChange.objects.exists()


def test_the_editor_sees_the_draft_and_nobody_else_reads_it(browse, editing, emil):
    editing.post(PAGE, new_words())

    assert editing.get(PAGE).context["form"]["explanation_en"].value() == USE_EN
    others = browse(emil).get(PAGE)
    assert others.context["form"]["explanation_en"].value() != USE_EN
    assert "Edith Rowe is changing this too: Draft." in text_of(others)


def test_hard_words_are_a_warning_and_no_refusal(editing):
    hard = (
        "Notwithstanding contemporaneous considerations, utilisation approximating {util_pct}% "
        "significantly exceeds institutional tolerability parameters of {limit_pct}%."
    )
    answer = editing.post(PAGE, typed(explanation_en=hard, explanation_zh=USE_ZH, do="look"))

    assert "Hard to read." in text_of(answer)
    assert editing.post(PAGE, typed(explanation_en=hard, explanation_zh=USE_ZH)).status_code == 302


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"title_zh": ""}, "title_zh", "Write this text in both languages."),
        ({"title_en": "   "}, "title_en", "Write this text in both languages."),
        ({"title_en": "x" * 81}, "title_en", "At most 80 characters; this has 81."),
        ({"title_en": "You use {util_pct}%"}, "title_en", "This text can hold no facts"),
        (
            {"explanation_en": "You use {share}% of {util_pct}% and {limit_pct}%."},
            "explanation_en",
            "There is no fact {share} here. Use {limit_pct}, {util_pct}.",
        ),
        (
            {"explanation_zh": "您已使用{util_pct}%。"},
            "explanation_zh",
            "The other language tells {limit_pct}; tell it here too.",
        ),
        (
            {"explanation_en": "You use much.", "explanation_zh": "使用较多。"},
            "explanation_en",
            "This reason must tell {limit_pct}, {util_pct}",
        ),
        ({"explanation_en": "You use {util_pct of {limit_pct}%"}, "explanation_en", "brace"),
        ({"explanation_en": "{util_pct:.2f}% {limit_pct}%"}, "explanation_en", "nothing else"),
        ({"explanation_en": "{util_pct!r}% {limit_pct}%"}, "explanation_en", "nothing else"),
        ({"explanation_en": "{}% {util_pct}% {limit_pct}%"}, "explanation_en", "nothing else"),
        ({"explanation_en": "{{x}} {util_pct}% {limit_pct}%"}, "explanation_en", "no braces"),
        ({"explanation_en": "{util_pct} of {limit_pct}%"}, "explanation_en", "write % after it"),
        ({"explanation_en": "{util_pct}%\n{limit_pct}%"}, "explanation_en", "in one line"),
        ({"counterfactual_zh": ""}, "counterfactual_zh", "both languages"),
        ({"queue": "gossip"}, "queue", "gossip"),
        ({"evidence": ["gossip"]}, "evidence", "gossip"),
        ({"review_by": "three"}, "review_by", "three"),
    ],
)
def test_what_is_wrong_is_said_under_its_field(editing, fields, field, said):
    answer = editing.post(PAGE, typed(**fields))

    assert answer.status_code == 200
    assert any(said in error for error in answer.context["form"].errors[field])
    assert "Nothing is kept yet." in text_of(answer)
    assert not CatalogueChange.objects.exists()


def test_amounts_bring_their_own_currency(editing):
    code = "BUR-TOTAL-DEBT"
    fields = {
        "explanation_en": "Your debt rose from ${old_debt} to {new_debt} since {date}.",
        "explanation_zh": "自{date}以来负债由{old_debt}元增至{new_debt}。",
    }
    answer = editing.post(f"{ROOT}reasons/{code}/", typed(code, **fields))

    for field in fields:
        told = answer.context["form"].errors[field]
        assert "{old_debt} is written with its currency: leave yours out." in told


def test_every_text_that_was_shipped_passes_the_checks():
    for entry in CATALOGUE.shipped.reasons.values():
        found = reason_problems(entry, reason_values(entry), CATALOGUE.shipped)
        assert found == {}, entry.code
    for kind in CATALOGUE.shipped.documents.values():
        assert document_problems(document_values(kind)) == {}, kind.key


def test_guarded_reasons_stay_in_their_queue_and_two_people_stay_two(editing):
    for code, field, value in (
        ("LEG-RESTRICTED", "queue", "credit_review"),
        ("FRD-SUSPECT-TXN", "queue", "credit_review"),
        ("POL-REGION", "review_by", "one"),
    ):
        shipped = CATALOGUE.shipped.reasons[code]
        values = {**reason_values(shipped), field: value}
        assert field in reason_problems(shipped, values, CATALOGUE.current), code
        # A field that is not open takes no other value, whatever is sent.
        editing.post(f"{ROOT}reasons/{code}/", typed(code, **{field: value}))
        assert not CatalogueChange.objects.exists(), code


def test_a_saved_page_in_a_second_tab_is_refused(editing):
    editing.post(PAGE, new_words())

    answer = editing.post(PAGE, typed(title_en="Other words"))

    assert "has changed since you opened the page" in text_of(answer)
    assert "title" not in CatalogueChange.objects.get().changes[REASONS][CODE]


def test_retiring_a_reason_the_engine_still_gives_is_warned_of(editing, decision):
    answer = editing.post(PAGE, typed(is_active=None, do="look"))

    assert "The engine gave this reason last on" in text_of(answer)


def test_whether_a_restricted_reason_was_given_is_not_told(editing, alice):
    create_decision(alice, reasons=(("LEG-RESTRICTED", {}),))
    restricted = f"{ROOT}reasons/LEG-RESTRICTED/"
    answer = editing.post(restricted, typed("LEG-RESTRICTED", is_active=None, do="look"))

    assert answer.status_code == 200
    assert answer.context["form"].is_valid()
    assert "The engine gave this reason last on" not in text_of(answer)


# --- Kinds of paper ------------------------------------------------------------------------------


def test_a_new_kind_of_paper_is_offered_once_it_is_published(
    browse, editing, edith, emil, django_capture_on_commit_callbacks
):
    form = {
        "key": "rent-contract",
        "label_en": "Rent contract",
        "label_zh": "租房合同",
        "max_age_days": "365",
        "is_active": "on",
    }
    assert editing.post(f"{ROOT}papers/new/", form).status_code == 302
    assert "rent_contract" not in CATALOGUE.documents
    assert editing.get(f"{ROOT}papers/rent_contract/").status_code == 200
    assert browse(emil).get(f"{ROOT}papers/rent_contract/").status_code == 404
    change = CatalogueChange.objects.get()
    ask(edith, change)
    with django_capture_on_commit_callbacks(execute=True):
        browse(emil).post(address(change, "publish/"), {"seen": fingerprint(change.changes)})

    assert CATALOGUE.document("rent_contract").max_age_days == 365
    choices = dict(editing.get(PAGE).context["form"].fields["evidence"].choices)
    assert choices["rent_contract"] == "Rent contract"
    again = editing.post(f"{ROOT}papers/new/", form)
    assert again.context["form"].errors["key"] == ["There is a kind of paper with this key."]


def test_a_retired_kind_is_offered_to_nobody(
    browse, edith, emil, django_capture_on_commit_callbacks
):
    queue = create_queue("credit_review")
    rosa = create_reviewer("Rosa Vega", queue=queue)
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=rosa)
    assert "Recent payslips" in text_of(browse(rosa).get(at(appeal)))
    change = ask(edith, keep(edith, "payslip", DOCUMENTS, is_active=False))
    with django_capture_on_commit_callbacks(execute=True):
        browse(emil).post(address(change, "publish/"), {"seen": fingerprint(change.changes)})

    assert "Recent payslips" not in text_of(browse(rosa).get(at(appeal)))
    assert CATALOGUE.document("payslip").label["en"] == "Recent payslips"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"label_zh": ""}, "label_zh"),
        ({"label_en": "{name}"}, "label_en"),
        ({"max_age_days": "0"}, "max_age_days"),
        ({"max_age_days": "4000"}, "max_age_days"),
    ],
)
def test_a_kind_of_paper_takes_no_nonsense(editing, fields, field):
    seen = fingerprint(document_values(CATALOGUE.document("payslip")))
    form = {
        "seen": seen,
        "label_en": "Payslips",
        "label_zh": "工资单",
        "max_age_days": "90",
        "is_active": "on",
        "do": "keep",
    }
    answer = editing.post(f"{ROOT}papers/payslip/", {**form, **fields})

    assert field in answer.context["form"].errors
    assert not CatalogueChange.objects.exists()


# --- Changes, editions, the way back -------------------------------------------------------------


def test_sent_back_with_a_word_and_taken_up_again(browse, editing, edith, emil):
    change = ask(edith, keep(edith, CODE, **NEW_WORDS))
    second = browse(emil)

    answer = second.post(address(change, "send-back/"), {"because": ""}, follow=True)
    assert "Say why, in a sentence." in text_of(answer)
    second.post(address(change, "send-back/"), {"because": "Too short."})

    page = text_of(editing.get(address(change)))
    assert "Sent back by Emil Novak: Too short." in page
    editing.post(address(change, "take-up/"))
    assert CatalogueChange.objects.get().state == "draft"
    editing.post(address(change, "withdraw/"))
    assert CatalogueChange.objects.get().state == "withdrawn"
    assert editing.get(address(change)).context["acts"] == set()


def test_the_button_to_publish_is_for_the_second_person_and_refuses_the_first(
    browse, editing, edith, emil
):
    change = ask(edith, keep(edith, CODE, **NEW_WORDS))

    assert editing.get(address(change)).context["acts"] == {"take_up", "withdraw"}
    assert browse(emil).get(address(change)).context["acts"] == {"publish", "send_back"}
    answer = editing.post(
        address(change, "publish/"), {"seen": fingerprint(change.changes)}, follow=True
    )
    assert "You wrote this change." in text_of(answer)
    assert not CatalogueEdition.objects.exists()
    assert editing.post(address(change, "no-such/")).status_code == 404


def test_editions_and_histories_tell_who_wrote_and_who_published(
    editing, edith, emil, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        publish_words(edith, emil)

    for place in ("editions/", "editions/1/", f"reasons/{CODE}/history/"):
        page = text_of(editing.get(f"{ROOT}{place}"))
        assert "Edith Rowe" in page, place
        assert "Emil Novak" in page, place
        assert "Plainer words." in page, place
    page = text_of(editing.get(f"{ROOT}reasons/{CODE}/history/"))
    assert "<ins>" in page
    assert "<del>" in page
    untouched = text_of(editing.get(f"{ROOT}reasons/BUR-NEW-ACCOUNTS/history/"))
    assert "reads as it was shipped" in untouched


def test_the_way_back_is_a_draft_for_a_second_person(
    editing, edith, emil, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        publish_words(edith, emil)

    answer = editing.post(f"{ROOT}editions/0/go-back/", follow=True)

    assert "A second person publishes it." in text_of(answer)
    assert CATALOGUE.current.edition == 1
    (old, new) = CatalogueChange.objects.get(state="draft").changes[REASONS][CODE]["explanation"]
    assert old == NEW_WORDS["explanation"]
    assert new == dict(CATALOGUE.shipped.reasons[CODE].explanation)
    assert editing.post(f"{ROOT}editions/9/go-back/").status_code == 404


# --- Who --------------------------------------------------------------------------------------


PAGES = (
    "",
    "papers/",
    "changes/",
    "editions/",
    "editions/1/",
    f"reasons/{CODE}/",
    f"reasons/{CODE}/history/",
    "papers/payslip/",
)


def test_each_role_gets_as_far_as_it_may(browse, edith, emil, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publish_words(edith, emil)
    change = ask(edith, keep(edith, "BUR-NEW-ACCOUNTS", is_active=False))
    may_read = {"Catalogue editors", "Supervisors", "Auditors"}
    for role in ("Reviewers", "Approvers", "Quality", *may_read):
        person = create_staff(f"{role} Person", role)
        client = browse(person)
        for place in (*PAGES, f"changes/{change.pk}/"):
            expected = 200 if role in may_read else 403
            assert client.get(f"{ROOT}{place}").status_code == expected, (role, place)
        may_write = role == "Catalogue editors"
        assert client.get(f"{ROOT}papers/new/").status_code == (200 if may_write else 403), role
        client.post(PAGE, typed(title_en=f"{role} title"))
        assert CatalogueChange.objects.filter(made_by=person).exists() == may_write, role
        client.post(f"{ROOT}editions/0/go-back/")
        titles = [item["title"] for group in _sidebar(client) for item in group["items"]]
        assert ("Changes of the catalogue" in titles) == (role in may_read), role
    change.refresh_from_db()
    assert change.state == "waiting"
    assert CATALOGUE.current.edition == 1


def _sidebar(client):
    return client.get("/admin/").context["sidebar_navigation"]


def test_customers_find_nothing_there(browse, client, alice):
    for visitor in (client, browse(alice)):
        for place in PAGES:
            assert visitor.get(f"{ROOT}{place}").status_code in {302, 403, 404}, place


def test_whoever_may_only_read_gets_no_button(browse, db):
    page = browse(create_staff("Ana Audit", "Auditors")).get(PAGE)

    assert "Keep in my draft" not in text_of(page)
    assert '<fieldset class="desk-plain" disabled>' in text_of(page)


def test_what_waits_is_counted_for_those_who_could_publish(browse, editing, edith, emil):
    ask(edith, keep(edith, CODE, **NEW_WORDS))

    def badge(client):
        items = [item for group in _sidebar(client) for item in group["items"]]
        return next(item["badge"] for item in items if item["title"] == "Changes of the catalogue")

    assert badge(editing) == ""
    assert badge(browse(emil)) == "1"
    assert badge(browse(create_staff("Ana Audit", "Auditors"))) == ""


def test_unknown_entries_are_not_found(editing):
    for place in ("reasons/NO-SUCH/", "reasons/NO-SUCH/history/", "papers/no_such/", "editions/7/"):
        assert editing.get(f"{ROOT}{place}").status_code == 404, place


def test_reasons_are_listed_in_the_editors_language_and_found_in_both(browse, db):
    mei = create_staff("Mei Lin", "Catalogue editors")
    mei.locale = "zh-hans"
    mei.save(update_fields=["locale"])

    assert "信用额度使用率偏高" in text_of(browse(mei).get(ROOT))
    for asked in ("large share", "使用率", "bur-util"):
        rows = browse(mei).get(ROOT, {"q": asked}).context["rows"]
        assert [row["reason"].code for row in rows] == [CODE], asked
    assert browse(mei).get(ROOT, {"q": "no such thing"}).context["rows"] == []


@pytest.mark.parametrize("place", ["", "papers/", "changes/", "editions/", f"reasons/{CODE}/"])
def test_pages_ask_as_often_however_much_there_is(
    editing, edith, place, django_assert_max_num_queries, django_capture_on_commit_callbacks
):
    for number in range(4):
        writer, second = create_editor(f"Writer{number} Rowe"), create_editor(f"Second{number} Ray")
        title = {"en": f"You use much, {number}", "zh-hans": f"使用较多{number}"}
        with django_capture_on_commit_callbacks(execute=True):
            publish_words(writer, second, title=title)
        ask(writer, keep(writer, CODE, review_by="two"))

    with django_assert_max_num_queries(14):
        assert editing.get(f"{ROOT}{place}").status_code == 200


def test_a_customer_is_no_editor_whatever_rights_a_mistake_gives(browse, db):
    person = create_customer("Charlie Stone")
    person.groups.add(*create_editor("Some Body").groups.all())

    assert browse(person).get(ROOT).status_code in {302, 403, 404}

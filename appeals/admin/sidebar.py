"""What unfold shows at the left of every page of the admin."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from appeals.access import is_supervisor, rules_of, sees_all_queues, sees_quality
from appeals.admin.catalogue import changes_waiting_for, may_read
from appeals.admin.looking_again import count_due
from appeals.admin.people import sits_at_desk, staff
from appeals.admin.requests import count_waiting
from appeals.admin.restores import count_open
from appeals.admin.work import QueueLoad, as_count, attention_counts, queue_loads, work_counts
from appeals.clock import short_day
from appeals.deadlines import last_day
from appeals.models import (
    Appeal,
    BulkStep,
    CalendarDay,
    ConflictOfInterest,
    CreditLine,
    DueDocument,
    ExportRecord,
    FeedRun,
    LegalHold,
    LineDecision,
    LineInstruction,
    Notice,
    NoticeClock,
    NoticeDocument,
    NoticeHold,
    PolicyPage,
    RejectedLine,
    ReplyText,
    RestoreSetting,
    ReviewerProfile,
    ReviewQueue,
    RoutingRule,
    RuleOwner,
    ServiceToken,
)
from portal.models import Customer, StaffMember

Item = dict[str, Any]
Group = dict[str, Any]
BADGES = {"late": "danger", "soon": "warning", "ok": "info"}


def navigation(request: HttpRequest) -> list[Group]:
    """The groups of links this person may use, with what waits behind each."""
    groups = _desk_groups(request) if sits_at_desk(request.user) else []
    if may_read(request.user):
        groups.append(_texts_and_settings(request))
    groups += _quality(request)
    groups += _own_rules(request)
    groups.append(_messages(request))
    groups.append(_administration(request))
    return [group for group in groups if group["items"]]


def _texts_and_settings(request: HttpRequest) -> Group:
    waiting = changes_waiting_for(staff(request))
    changes = reverse("desk:catalogue_changes")
    return _group(
        _("Texts and settings"),
        [
            _link(request, _("Reasons"), reverse("desk:catalogue"), "menu_book"),
            _link(request, _("Kinds of paper"), reverse("desk:catalogue_papers"), "article"),
            _link(
                request,
                _("Changes of the catalogue"),
                changes,
                "published_with_changes",
                badge=as_count(waiting) if waiting else "",
                tone="soon",
            ),
            _model(request, ReplyText, "chat"),
            _model(request, PolicyPage, "policy"),
            _model(request, CalendarDay, "calendar_month"),
        ],
    )


def _quality(request: HttpRequest) -> list[Group]:
    if not isinstance(request.user, Customer) or not sees_quality(request.user):
        return []
    link = _link(request, _("Read again"), reverse("desk:quality"), "fact_check")
    return [_group(_("Quality"), [link])]


def _own_rules(request: HttpRequest) -> list[Group]:
    """Who owns a rule and does not oversee the desk finds its figures here."""
    if not isinstance(request.user, Customer) or sees_all_queues(request.user):
        return []
    if not rules_of(request.user):
        return []
    return [_group(_("Own rules"), [_overturned(request)])]


def _overturned(request: HttpRequest) -> Item:
    return _link(request, _("Overturned reasons"), reverse("desk:overturned"), "undo")


def _messages(request: HttpRequest) -> Group:
    lists = [
        ("Notification", "outgoing_mail"),
        ("Delivery", "local_shipping"),
        ("Campaign", "campaign"),
        ("LocalMessage", "mark_email_read"),
        ("LetterBatch", "print"),
        ("Suppression", "block"),
    ]
    links = [_model(request, apps.get_model("notifications", model), icon) for model, icon in lists]
    if request.user.has_perm("notifications.view_delivery"):
        health = reverse("admin:notifications_health")
        links.append(_link(request, _("Channel health"), health, "monitor_heart"))
    return _group(_("Messages"), links)


def _administration(request: HttpRequest) -> Group:
    return _group(
        _("Administration"),
        [
            _model(request, Customer, "group"),
            _model(request, StaffMember, "badge"),
            _model(request, ServiceToken, "key"),
        ],
    )


def _desk_groups(request: HttpRequest) -> list[Group]:
    person = staff(request)
    counts = work_counts(person)
    badge = str(counts.held + counts.to_approve or "")
    work = [
        *_overview(request),
        _link(request, _("My work"), _my_work(person), "home", badge=badge),
        _link(request, _("Claim next"), reverse("desk:next"), "play_circle"),
        _link(request, _("Suggested order"), reverse("desk:order"), "format_list_numbered"),
        _look_again(request, person),
        _restores(request, person),
        _requests(request, person),
    ]
    queues_title = _("All queues") if sees_all_queues(person) else _("My queues")
    groups = [
        {"title": "", "items": work},
        _group(queues_title, [_queue(request, load) for load in queue_loads(person)]),
    ]
    if sees_all_queues(person):
        groups += [_attention(request), _supervision(request), _decisions(request)]
        groups.append(_records(request))
    return groups


def _records(request: HttpRequest) -> Group:
    return _group(
        _("Written down"),
        [
            _model(request, BulkStep, "checklist"),
            _model(request, ExportRecord, "download"),
        ],
    )


def _look_again(request: HttpRequest, person: Customer) -> Item:
    """Counted for supervisors only, who answer for the promised days."""
    due = count_due(person) if is_supervisor(person) else 0
    badge = as_count(due) if due else ""
    link = reverse("desk:looking_again")
    return _link(request, _("To look at again"), link, "event_repeat", badge=badge, tone="soon")


def _restores(request: HttpRequest, person: Customer) -> Item:
    """Counted for supervisors only, who see that they are answered."""
    waiting = count_open(person) if is_supervisor(person) else 0
    badge = as_count(waiting) if waiting else ""
    link = reverse("desk:restores")
    return _link(request, _("Proposed restores"), link, "settings_backup_restore", badge=badge)


def _requests(request: HttpRequest, person: Customer) -> Item:
    """What customers asked for outside an appeal and nobody has answered yet."""
    waiting = count_waiting(person)
    badge = as_count(waiting) if waiting else ""
    link = reverse("desk:requests")
    return _link(request, _("Requests of customers"), link, "contact_support", badge=badge)


def _overview(request: HttpRequest) -> list[Item]:
    """The first page of who oversees the desk, whichever filters its address holds."""
    if not sees_all_queues(staff(request)):
        return []
    index = reverse("admin:index")
    item = _link(request, _("Overview"), index, "monitoring")
    return [{**item, "active": request.path == index and request.GET.get("show") != "work"}]


def _my_work(person: Customer) -> str:
    return f"{reverse('admin:index')}{'?show=work' if sees_all_queues(person) else ''}"


def _attention(request: HttpRequest) -> Group:
    counts = attention_counts(staff(request))
    lists = [
        (LineInstruction, "sync_problem", counts.not_applied),
        (NoticeHold, "drafts", counts.held_notices),
        (RejectedLine, "rule", counts.rejected_lines),
    ]
    badge = as_count(counts.alarms) if counts.alarms else ""
    link = reverse("desk:alarms")
    return _group(
        _("Needs attention"),
        [
            _link(request, _("Alarms about rules"), link, "crisis_alert", badge=badge, tone="late"),
            *(
                _model(request, model, icon, badge=as_count(count) if count else "")
                for model, icon, count in lists
            ),
        ],
    )


def _supervision(request: HttpRequest) -> Group:
    return _group(
        _("Supervision"),
        [
            _model(request, Appeal, "folder_open"),
            _link(request, _("Incidents"), reverse("desk:incidents"), "crisis_alert"),
            _link(request, _("Fairness"), reverse("desk:fairness"), "balance"),
            _link(request, _("Suggestions"), reverse("desk:agreement"), "assistant"),
            _overturned(request),
            _model(request, RoutingRule, "alt_route"),
            _model(request, ReviewQueue, "inbox"),
            _model(request, RestoreSetting, "settings_backup_restore"),
            _model(request, ReviewerProfile, "diversity_3"),
            _model(request, RuleOwner, "policy"),
            _model(request, LegalHold, "lock"),
            _model(request, ConflictOfInterest, "do_not_disturb_on"),
        ],
    )


def _decisions(request: HttpRequest) -> Group:
    return _group(
        _("Decisions"),
        [
            _model(request, LineDecision, "gavel"),
            _model(request, CreditLine, "credit_card"),
            _model(request, Notice, "description"),
            _link(
                request,
                _("Calendar of notices"),
                reverse("desk:notice_calendar"),
                "event_upcoming",
            ),
            _model(request, NoticeClock, "timer"),
            _model(request, NoticeDocument, "picture_as_pdf"),
            _model(request, DueDocument, "print_error"),
            _model(request, FeedRun, "input"),
        ],
    )


def _queue(request: HttpRequest, load: QueueLoad) -> Item:
    link = f"{reverse('admin:appeals_appeal_changelist')}?queue={load.queue.pk}"
    badge = load.count if load.waiting else ""
    if load.oldest:
        badge = f"{badge} · {short_day(last_day(load.oldest, timezone.get_current_timezone()))}"
    # unfold prints titles as they are, and a queue's name is typed by people.
    return _link(request, escape(str(load.queue)), link, "inbox", badge=badge, tone=load.tone)


def _group(title: str, items: list[Item | None]) -> Group:
    return {"title": title, "separator": True, "items": [item for item in items if item]}


def _model(request: HttpRequest, model: type[Model], icon: str, badge: str = "") -> Item | None:
    """A link to a model's list, if it has one and this person may open it.

    It is called as the model is, so that the page it leads to says the same of itself.
    """
    its_admin = admin.site._registry.get(model)
    if its_admin is None or not its_admin.has_view_permission(request):
        return None
    options = model._meta
    link = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    title = capfirst(str(options.verbose_name_plural))
    return _link(request, title, link, icon, badge=badge, tone="late")


def _link(  # noqa: PLR0913 - unfold's items have this many sides
    request: HttpRequest, title: str, link: str, icon: str, *, badge: str = "", tone: str = "ok"
) -> Item:
    path, _mark, query = link.partition("?")
    here = request.path == path and (query in request.GET.urlencode() if query else not request.GET)
    return {
        "title": title,
        "icon": icon,
        "link": link,
        "active": here,
        "badge": badge,
        "badge_variant": BADGES[tone],
    }

"""The sessions a person has: seen, listed, ended."""

from collections.abc import Iterable

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from portal.models import Customer
from portal.sign_in.clock import SEEN, SEEN_STEP_SECONDS


def note_seen(request: HttpRequest) -> None:
    """Write down that the person is there, once a minute at most."""
    now = timezone.now()
    if now.timestamp() - request.session[SEEN] < SEEN_STEP_SECONDS:
        return
    request.session[SEEN] = int(now.timestamp())
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)


def list_sessions(person: Customer) -> QuerySet[UserSession]:
    """Return the sessions in which this person is signed in now, the latest first."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows: QuerySet[UserSession] = UserSession.objects.filter(user=person, session_key__in=living)
    return rows.order_by("-last_seen_at", "-pk")


@transaction.atomic
def end_sessions(sessions: Iterable[UserSession]) -> int:
    """Sign out wherever these are."""
    rows = list(sessions)
    Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)

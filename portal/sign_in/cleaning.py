"""Forget what is over: tries no limit looks at, codes, sessions."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from portal.models import SignInCode, SignInTry
from portal.sign_in.limits import LONGEST

KEPT = LONGEST + timedelta(hours=1)


def forget_what_is_over() -> None:
    """Delete codes, tries and the list of sessions as far as they are over."""
    then = timezone.now() - KEPT
    SignInTry.objects.filter(at__lt=then).delete()
    SignInCode.objects.filter(asked_at__lt=then).delete()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    living = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(living)).delete()

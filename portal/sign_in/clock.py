"""How long a session lasts, kept by the server: idle and in all."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

BEGUN, SEEN = "begun_at", "seen_at"
# How exactly idleness is known; a write at every page would cost more than it says.
SEEN_STEP_SECONDS = 60


def begin(*, request: HttpRequest, **_signal: object) -> None:
    """Start the clock of a new session, by whichever way the person came in."""
    now = int(timezone.now().timestamp())
    request.session[BEGUN] = request.session[SEEN] = now


def is_over(request: HttpRequest, *, is_staff: bool) -> bool:
    """Whether it is; a session that never began is over too."""
    now = timezone.now().timestamp()
    kind = "staff" if is_staff else "customer"
    begun: int = request.session.get(BEGUN, 0)
    seen: int = request.session.get(SEEN, 0)
    is_too_long = now - begun > settings.SESSION_TOTAL_SECONDS[kind]
    is_idle = now - seen > settings.SESSION_IDLE_SECONDS[kind]
    return is_too_long or is_idle

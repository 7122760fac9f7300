"""How our refusals look to a machine."""

from typing import Any

from appeals.errors import AppealError, AppealNotFound, BadInput, NotAllowed
from portal.lib.problems import register_problem


class Conflict(AppealError):
    """The id is known with other content; the stored decision stays."""


class Rejected(AppealError):
    """The decision cannot be taken as it is."""

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.extra = extra


class KeyUsedOtherwise(AppealError):
    """The Idempotency-Key came before with another body."""


class StillWorking(AppealError):
    """The first request with this Idempotency-Key has not ended yet."""


register_problem(AppealError, status=409, slug="refused")
register_problem(AppealNotFound, status=404, slug="not-found")
register_problem(NotAllowed, status=403, slug="not-allowed")
register_problem(BadInput, status=400, slug="bad-input")
register_problem(Rejected, status=422, slug="bad-input")
register_problem(Conflict, status=409, slug="conflict")
register_problem(KeyUsedOtherwise, status=422, slug="idempotency-conflict")
register_problem(StillWorking, status=409, slug="in-progress")

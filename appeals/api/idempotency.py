"""`Idempotency-Key`: the first answer is kept and given again, whatever happens to the network.

After draft-ietf-httpapi-idempotency-key-header: the same key with another body is an error, and a
repeat that comes while the first is being worked on is told to wait.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.response import Response

from appeals.api.errors import KeyUsedOtherwise, StillWorking
from appeals.errors import AppealError, BadInput
from appeals.models import IdempotencyRecord, ServiceToken

KEPT_FOR = timedelta(days=30)
# A worker that died holds the key no longer than this.
WORKED_FOR = timedelta(minutes=2)
LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    """What a request came to; a refusal is raised once the work, with its traces, is safe."""

    status: int = 200
    body: dict[str, Any] = field(default_factory=dict)
    refusal: AppealError | None = None

    def response(self) -> Response:
        if self.refusal:
            raise self.refusal
        return Response(self.body, status=self.status)


def answer_once(token: ServiceToken, key: str, body: bytes, work: Callable[[], Answer]) -> Response:
    """Do `work` for the first request with this key; give its answer to every repeat.

    A refusal is not kept: the caller may mend the cause and use the key again.
    """
    if not key:
        return work().response()
    if len(key) > LONGEST_KEY:
        raise BadInput(f"An Idempotency-Key has at most {LONGEST_KEY} characters.")
    fingerprint = hashlib.sha256(body).hexdigest()
    record, is_first = _take(token, key, fingerprint)
    if not is_first:
        return _repeat(record, fingerprint)
    mine = IdempotencyRecord.objects.filter(pk=record.pk)
    try:
        with transaction.atomic():
            answer = work()
            if not answer.refusal:
                mine.update(status=answer.status, body=answer.body)
    finally:
        mine.filter(status__isnull=True).delete()
    return answer.response()


def _take(token: ServiceToken, key: str, fingerprint: str) -> tuple[IdempotencyRecord, bool]:
    now = timezone.now()
    record, is_first = IdempotencyRecord.objects.get_or_create(
        token=token, key=key, defaults={"request_sha256": fingerprint, "created_at": now}
    )
    if not is_first:
        abandoned = IdempotencyRecord.objects.filter(
            pk=record.pk,
            status__isnull=True,
            request_sha256=fingerprint,
            created_at__lt=now - WORKED_FOR,
        )
        is_first = bool(abandoned.update(created_at=now))
    return record, is_first


def _repeat(record: IdempotencyRecord, fingerprint: str) -> Response:
    if record.request_sha256 != fingerprint:
        raise KeyUsedOtherwise("This Idempotency-Key came before with another body.")
    if record.status is None:
        raise StillWorking("The first request with this Idempotency-Key is still running.")
    return Response(record.body, status=record.status, headers={"Idempotent-Replay": "true"})


def forget_old_answers() -> int:
    """Delete answers older than we promise to keep; returns how many."""
    old = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]

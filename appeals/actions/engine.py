"""What the risk engine is asked or told: a row of its own, sent until confirmed."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from appeals.engine_tasks import send_request
from appeals.models import EngineRequest, Incident, OverturnPassing


def owe_engine(
    kind: EngineRequest.Kind,
    data: Mapping[str, Any],
    *,
    incident: Incident | None = None,
    passing: OverturnPassing | None = None,
) -> EngineRequest:
    """Owe the risk engine one signed word, because of one of the two."""
    now, key = timezone.now(), uuid.uuid4()
    request = EngineRequest.objects.create(
        incident=incident,
        passing=passing,
        kind=kind,
        idempotency_key=key,
        payload={
            "type": kind.value,
            "timestamp": now.isoformat(),
            "data": {"idempotency_key": str(key), **data},
        },
        created_at=now,
        next_try_at=now,
    )
    send_request.delay_on_commit(request.pk)
    return request

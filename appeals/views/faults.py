"""Faults of ours that were put right, for everybody to read: how many, and nobody's name."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from appeals.models import Incident
from appeals.shares import FEW

SHOWN = 50


@dataclass(frozen=True)
class Fault:
    start: datetime
    end: datetime
    # None where they are so few that somebody could be recognised.
    number: int | None
    restored: int | None
    by_person: int | None


@require_safe
def show_faults(request: HttpRequest) -> HttpResponse:
    rows = Incident.objects.filter(published_at__isnull=False).order_by("-published_at", "-pk")
    return render(request, "appeals/faults.html", {"faults": [_fault(one) for one in rows[:SHOWN]]})


def _fault(one: Incident) -> Fault:
    end = one.until or one.closed_at or one.frozen_at or one.opened_at
    is_small = one.size < FEW
    # What is left of a number that is shown must not be small either.
    is_rest_small = is_small or 0 < one.size - one.restored < FEW
    return Fault(
        start=one.since,
        end=end,
        number=None if is_small else one.size,
        restored=None if is_rest_small else one.restored + one.already,
        by_person=None if is_rest_small else one.cannot,
    )

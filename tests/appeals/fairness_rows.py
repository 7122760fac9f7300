"""Sums as the clock keeps them, for tests of what is read from them."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from appeals.models import FairnessSum, GroupCount

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def create_sum(group: str, *, dimension: str = "language", **fields: Any) -> FairnessSum:
    """A month of one group: 400 cuts of half a limit, 100 appeals answered in five days."""
    usual: dict[str, Any] = {
        "is_month": True,
        "at": OCTOBER,
        "dimension": dimension,
        "group": group,
        "band": 0,
        "lines_cut": 400,
        "cuts": 400,
        "size_total": 200.0,
        "size_squares": 120.0,
        "begun": 110,
        "sent": 100,
        "dropped": 12,
        "asked": 30,
        "decided": 90,
        "days_total": 450.0,
        "days_squares": 2500.0,
        "overturned": 20,
    }
    return FairnessSum.objects.create(**{**usual, **fields})


def create_lines(group: str, lines: int, **fields: Any) -> GroupCount:
    usual: dict[str, Any] = {
        "month": OCTOBER,
        "source": "portal",
        "dimension": "language",
        "group": group,
        "lines": lines,
    }
    return GroupCount.objects.create(**{**usual, **fields})


def create_october() -> None:
    """Those who read Chinese are cut as often, and wait 1.4 days longer."""
    create_sum("en")
    create_sum("zh-hans", days_total=576.0, days_squares=3900.0)
    for group in ("en", "zh-hans"):
        create_lines(group, 5000)


def counts_file(text: str = "") -> SimpleUploadedFile:
    """What a supervisor brings."""
    usual = "month,dimension,group,lines,lines_cut\n2026-10,age_band,18-24,4000,300\n"
    return SimpleUploadedFile("counts.csv", (text or usual).encode(), "text/csv")

"""`manage.py recount_fairness`: the sums of fairness counted anew from what is stored."""

from typing import Any

from django.core.management.base import BaseCommand

from appeals.actions.fairness_sums import recount_everything


class Command(BaseCommand):
    help = (
        "Count the sums behind the page of fairness anew, a month at a time; the page stays as it "
        "is until its month is done. For a change of rules or of old data: reads every decision "
        "and appeal, which takes minutes for millions. Repeating it does no harm."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{recount_everything()} sums are counted anew.")

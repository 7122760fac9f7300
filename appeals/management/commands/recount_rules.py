"""`manage.py recount_rules`: the sums that rules are watched by, counted anew."""

from typing import Any

from django.core.management.base import BaseCommand

from appeals.actions.rule_recount import recount_rules


class Command(BaseCommand):
    help = (
        "Count the sums behind the watch of the rules anew, a day at a time, while decisions come "
        "in. After an upgrade that sums something new, and for decisions from before there were "
        "sums: reads every decision, which takes minutes for millions. From the first sum that was "
        "wrong the rules are looked at again, at most 92 days back; that may raise alarms. "
        "Repeating it does no harm."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{recount_rules()} sums were counted anew and differed.")

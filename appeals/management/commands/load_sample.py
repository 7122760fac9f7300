"""`manage.py load_sample`: decisions and people to look around with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from appeals.actions.demo import load_sample_feed, make_demo_people
from appeals.actions.rule_looks import look_at_rules


class Command(BaseCommand):
    help = "Load about 300 sample decisions and demo people; doing it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("The sample has known people in it: it is not for production.")
        run = load_sample_feed()
        note = settings.LOCAL_DIR / "demo.json"
        make_demo_people(note=note)
        # The clock would do it within the minute; this way the alarm waits for whoever signs in.
        look_at_rules()
        if options["verbosity"]:
            self.stdout.write(f"{run.created} sample decisions. How to sign in: {note}")

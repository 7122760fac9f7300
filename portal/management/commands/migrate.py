"""Django's `migrate`, after a look whether this database can be brought up to date at all."""

from typing import Any

from django.core.management.commands import migrate

from portal.lib.migrating import refuse_half_way


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        refuse_half_way(options["database"])
        super().handle(*args, **options)

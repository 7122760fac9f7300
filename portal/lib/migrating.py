"""The migrations that took the place of a chain: made at once, and refused where half of it ran."""

from collections.abc import Sequence
from typing import Any

from django.core.management import CommandError
from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState


class AtOnce(Operation):
    """Operations that only make what is new: Django makes its models ready once, not for each.

    Every one of them sees the models as the last one leaves them, so none may change what another
    made.
    """

    reversible = False

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # What is not made ready yet is not made ready again.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: Any
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, *states)

    def describe(self) -> str:
        return f"Make {len(self.operations)} things at once"


def refuse_half_way(using: str) -> None:
    """Stop `migrate` on a database where only some of what a migration replaces was applied.

    Django would pass that migration by, as if there were nothing to do.
    """
    connection = connections[using]
    loader = MigrationLoader(connection, load=False)
    loader.load_disk()
    applied = MigrationRecorder(connection).applied_migrations()
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        missing = sorted(set(migration.replaces) - applied.keys())
        if missing and len(missing) < len(set(migration.replaces)):
            raise CommandError(
                f"{app}.{name} replaces migrations of which {'.'.join(missing[0])} and"
                f" {len(missing) - 1} more were not applied here. Bring this database to their end"
                " with the last version that has them, or begin with an empty one."
            )

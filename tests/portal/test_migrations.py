"""A database that the chains of before brought to their end goes on; one half-way is refused."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

OURS = ("portal", "notifications", "appeals")

pytestmark = pytest.mark.django_db


def replacing():
    """Each of our migrations that stands for others: its key and theirs."""
    return {
        key: list(migration.replaces)
        for key, migration in MigrationLoader(connection).disk_migrations.items()
        if migration.replaces
    }


def forget(app, name):
    """As if this migration had never run here."""
    assert MigrationRecorder.Migration.objects.filter(app=app, name=name).delete()[0] == 1


def is_known(app, name):
    return MigrationRecorder.Migration.objects.filter(app=app, name=name).exists()


def test_a_database_that_knows_only_the_old_names_has_nothing_to_do():
    ours = replacing()
    assert {app for app, _ in ours} == set(OURS)
    for key in ours:
        forget(*key)

    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    call_command("migrate", verbosity=0)

    assert all(is_known(*key) for key in ours)


@pytest.mark.parametrize("app", OURS)
def test_a_database_that_stopped_half_way_is_told_so(app):
    ours = replacing()
    for key in ours:
        forget(*key)
    last = max(old for key, those in ours.items() if key[0] == app for old in those)
    forget(*last)

    with pytest.raises(CommandError, match=f"{app}.*{last[1]}.*or begin with an empty one"):
        call_command("migrate", verbosity=0)

    assert not is_known(*last)


def test_each_old_migration_is_replaced_once():
    """Else the first of two would make the second count as applied, and `migrate` that was stopped
    between them would never make the rest."""
    replaced = [old for those in replacing().values() for old in those]

    assert len(replaced) == len(set(replaced))

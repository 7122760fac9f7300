"""Many rows of a model at once: COPY in, one UPDATE for many, keys and references taken ahead."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, cast

from django.db import connection, models
from psycopg.sql import SQL, Composed, Identifier

from portal.lib.references import new_reference

Field = models.Field[Any, Any]


class WrittenJson(dict[str, Any]):
    """A JSON object that has been written out already; the text need not be made twice."""

    def __init__(self, tree: Mapping[str, Any], text: str) -> None:
        super().__init__(tree)
        self.text = text


def take_keys(model: type[models.Model], count: int) -> list[int]:
    """Keys that nobody else will get, for rows that others must point at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [key for (key,) in cursor.fetchall()]


def draw_references(model: type[models.Model], prefix: str, count: int) -> list[str]:
    """References that no stored row has, as many as asked for.

    Drawn singly they collide: beside ten million rows more than every second portion of a thousand
    holds one that is taken. Whoever stores one of them in the meantime is still met at the unique
    key.
    """
    free: set[str] = set()
    rows = model._default_manager.values_list("reference", flat=True)
    while len(free) < count:
        drawn = {new_reference(prefix) for _ in range(count - len(free))}
        free |= drawn.difference(rows.filter(reference__any_of=drawn))
    return list(free)


def copy_in(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model with COPY; rows without a key get one from the table."""
    if not rows:
        return
    table = rows[0]._meta
    fields = [field for field in table.concrete_fields if not _is_left_to_table(field, rows[0])]
    statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table.db_table), _columns(fields))
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cast(Any, cursor).copy(statement) as copy,
    ):
        for values in _values(fields, rows):
            copy.write_row(values)


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write the named fields of many stored rows of one model in one statement."""
    if not rows:
        return
    table = rows[0]._meta
    key: Field = table.pk
    fields = [cast(Field, table.get_field(name)) for name in names]
    statement = SQL("UPDATE {} AS row SET {} FROM unnest({}) AS new ({}) WHERE row.{} = new.{}")
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(
                Identifier(table.db_table),
                SQL(", ").join(
                    SQL("{0} = new.{0}").format(Identifier(field.column)) for field in fields
                ),
                SQL(", ").join(_array(field) for field in [key, *fields]),
                _columns([key, *fields]),
                Identifier(key.column),
                Identifier(key.column),
            ),
            [list(column) for column in zip(*_values([key, *fields], rows), strict=True)],
        )


def _is_left_to_table(field: Field, row: models.Model) -> bool:
    return field.primary_key and row.pk is None


def _columns(fields: Sequence[Field]) -> Composed:
    return SQL(", ").join(Identifier(field.column) for field in fields)


def _array(field: Field) -> Composed:
    # What a key's column is called by those that point at it: bigint, without its sequence.
    kind = (
        cast(Any, field).rel_db_type(connection) if field.primary_key else field.db_type(connection)
    )
    return SQL("%s::{}[]").format(SQL(cast(Any, kind)))


def _values(fields: Sequence[Field], rows: Iterable[models.Model]) -> Iterator[list[Any]]:
    """What PostgreSQL gets of each row, field by field."""
    read = attrgetter(*(field.attname for field in fields))
    is_json = [isinstance(field, models.JSONField) for field in fields]
    json_places = [place for place, is_one in enumerate(is_json) if is_one]
    for row in rows:
        values = list(read(row))
        for place in json_places:
            values[place] = _as_json(values[place])
        yield values


def _as_json(tree: Any) -> str | None:
    if tree is None or isinstance(tree, WrittenJson):
        return None if tree is None else tree.text
    return json.dumps(tree, ensure_ascii=False)

"""Queries a page asks hundreds of times a minute: put together once, then only filled in.

    @prepared
    def _papers(appeal: int) -> QuerySet[EvidenceDocument]:
        return EvidenceDocument.objects.filter(appeal=appeal)

    papers = _papers(appeal.pk)  # a list of EvidenceDocument

The function says in the ORM's words what is asked, as everywhere. It runs once a process, with
stand-ins for its values; their places in the SQL are kept, and each call puts its own values there.
PostgreSQL keeps its plan too, a connection at a time (`prepare_threshold` in the settings).

`counted` in its place gives their number.

Positional arguments are values: a key, a text, a moment, or a list of keys or texts, which is asked
for with `__any_of`, since `__in` is another text for each length. None is no value: it is another
question. Keyword arguments choose the shape of the query, and each shape is put together by itself.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from operator import itemgetter
from typing import Any, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models import query as django_query
from django.db.models.query import ModelIterable, ValuesListIterable

P = ParamSpec("P")
Row = TypeVar("Row")

# Stand-ins no query of ours holds by itself.
FIRST_KEY = 2**62
FIRST_MOMENT = datetime(1700, 1, 1, tzinfo=UTC)


def prepared(ask: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """The rows of a query whose text is put together once for each of its shapes."""
    kept: dict[Hashable, _Prepared[Row] | None] = {}

    @wraps(ask)
    def asked(*values: P.args, **shape: P.kwargs) -> list[Row]:
        key = (len(values), *shape.items())
        if key not in kept:
            kept[key] = _prepare(ask, values, shape)
        found = kept[key]
        return found.rows(values) if found else []

    return asked


def counted(ask: Callable[P, QuerySet[Any, Any]]) -> Callable[P, int]:
    """How many rows a query has that is put together once for each of its shapes."""
    kept: dict[Hashable, _Prepared[int] | None] = {}

    @wraps(ask)
    def asked(*values: P.args, **shape: P.kwargs) -> int:
        key = (len(values), *shape.items())
        if key not in kept:
            found = _prepare(ask, values, shape)
            kept[key] = found and replace(
                found,
                sql=f"SELECT count(*) FROM ({found.sql}) AS counted",  # noqa: S608 - the ORM's own
                converters=(),
                read=itemgetter(0),
            )
        whole = kept[key]
        return whole.rows(values)[0] if whole else 0

    return asked


@dataclass(frozen=True)
class _Place:
    """A parameter that is one of the values; `kind` tells PostgreSQL how wide a number is."""

    index: int
    kind: type | None


@dataclass(frozen=True)
class _Prepared(Generic[Row]):
    """The text of a query, and how its rows become what was asked for."""

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, Sequence[Any], Any], ...]
    read: Callable[[Sequence[Any]], Row]

    def rows(self, values: Sequence[Any]) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [_filled(param, values) for param in self.params])
            found = cursor.fetchall()
        return [self.read(row) for row in self._converted(found)]

    def _converted(self, found: Sequence[Any]) -> Iterator[Sequence[Any]]:
        for row in found:
            if self.converters:
                row = list(row)
                for position, converters, expression in self.converters:
                    for convert in converters:
                        row[position] = convert(row[position], expression, connection)
            yield row


def _filled(param: Any, values: Sequence[Any]) -> Any:
    if not isinstance(param, _Place):
        return param
    value = values[param.index]
    if value is None:
        raise TypeError("A prepared query has no value for None.")
    return param.kind(value) if param.kind else value


def _prepare(ask: Any, values: Sequence[Any], shape: dict[str, Any]) -> "_Prepared[Any] | None":
    """Put the query together with stand-ins; None where nothing can be found whatever they are."""
    stand_ins = [_stand_in(value, index) for index, value in enumerate(values)]
    rows: QuerySet[Any] = ask(*stand_ins, **shape)
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = tuple(_place(param, stand_ins) for param in params)
    missing = set(range(len(values))) - {one.index for one in places if isinstance(one, _Place)}
    if missing:
        raise TypeError(f"{ask.__name__} asks for something else than its values: {missing}")
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return _Prepared(
        sql,
        places,
        tuple((position, *what) for position, what in converters.items()),
        _reader(rows, compiler),
    )


def _stand_in(value: Any, index: int) -> Any:
    if isinstance(value, datetime):
        return FIRST_MOMENT + timedelta(days=index)
    if isinstance(value, date):
        return (FIRST_MOMENT + timedelta(days=index)).date()
    if isinstance(value, int):
        return FIRST_KEY + index
    if isinstance(value, str):
        return f"stand-in {index}"
    if isinstance(value, list):
        return [index, "stand-in"]
    raise TypeError(f"A prepared query takes no {type(value).__name__}.")


def _place(param: Any, stand_ins: Sequence[Any]) -> Any:
    for index, stand_in in enumerate(stand_ins):
        if isinstance(param, type(stand_in)) and param == stand_in:
            return _Place(index, type(param) if isinstance(param, int) else None)
    return param


def _reader(rows: QuerySet[Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """How Django itself reads a row of these: as a record with what is selected beside it."""
    if rows._iterable_class is ValuesListIterable:
        return tuple
    if rows._iterable_class is not ModelIterable or rows._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise TypeError("A prepared query reads records or lists of values.")
    record, first, last, names = _own_columns(compiler)
    find_populators: Any = django_query.get_related_populators  # type: ignore[attr-defined]
    populators = find_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
    annotated = tuple(compiler.annotation_col_map.items())

    def read(row: Sequence[Any]) -> Model:
        one = record.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
        for populator in populators:
            populator.populate(row, one)
        for name, position in annotated:
            setattr(one, name, row[position])
        return one

    return read


def _own_columns(compiler: Any) -> tuple[type[Model], int, int, list[str]]:
    """The model, and which columns of a row are its own."""
    columns = compiler.klass_info["select_fields"]
    first, last = columns[0], columns[-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:last]]
    return compiler.klass_info["model"], first, last, names

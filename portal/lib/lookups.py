"""A lookup that Django lacks."""

from typing import Any

from django.db.models import Field, ForeignObject, Lookup


@Field.register_lookup
@ForeignObject.register_lookup
class AnyOf(Lookup[Any]):
    """`decision_id__any_of=keys`: one of some keys or texts, one value however many they are.

    `__in` writes a placeholder for each: another text for each length, to be written, taken apart
    and planned anew.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [list(value)]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        right, values = self.process_rhs(compiler, connection)
        kind = self.lhs.output_field.cast_db_type(connection)
        return f"{left} = ANY({right}::{kind}[])", [*params, *values]

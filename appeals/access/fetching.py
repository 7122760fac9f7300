"""One row for a person, or the same answer for a stranger as for a wrong reference."""

from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from appeals.errors import AppealNotFound

Row = TypeVar("Row", bound=Model)


def one_of(rows: QuerySet[Row], **lookup: object) -> Row:
    try:
        return rows.get(**lookup)
    except ObjectDoesNotExist:
        raise AppealNotFound(_("We could not find this page.")) from None

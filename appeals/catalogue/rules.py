"""Whether each reason's `restore_when` can be tested: looked at when the catalogue is read."""

from appeals.catalogue.loader import Catalogue, CatalogueError
from appeals.catalogue.restore_when import BadRule, read_rule


def check_rules(catalogue: Catalogue) -> None:
    """CatalogueError names the reason whose rule cannot be read."""
    for reason in catalogue.reasons.values():
        try:
            read_rule(reason.restore_when)
        except BadRule as error:
            raise CatalogueError(f"{reason.code}: restore_when: {error}") from error

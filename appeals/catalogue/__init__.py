"""The reason catalogue: shipped as a file, and edited as editions that say what differs from it."""

from appeals.catalogue.ahead import load_ahead
from appeals.catalogue.guides import load_guides
from appeals.catalogue.how import load_how
from appeals.catalogue.live import LiveCatalogue
from appeals.catalogue.loader import (
    Catalogue,
    CatalogueError,
    DocumentKind,
    QueueKind,
    Reason,
    load_catalogue,
)
from appeals.catalogue.retention import load_retention
from appeals.catalogue.rules import check_rules

CATALOGUE = LiveCatalogue(load_catalogue())
check_rules(CATALOGUE.shipped)
GUIDES = load_guides(CATALOGUE.shipped.reasons)
AHEAD = load_ahead(CATALOGUE.shipped.reasons)
RETENTION = load_retention(CATALOGUE.shipped.documents)
HOW = load_how(CATALOGUE.shipped.reasons)

__all__ = [
    "AHEAD",
    "CATALOGUE",
    "GUIDES",
    "HOW",
    "RETENTION",
    "Catalogue",
    "CatalogueError",
    "DocumentKind",
    "LiveCatalogue",
    "QueueKind",
    "Reason",
    "load_catalogue",
]

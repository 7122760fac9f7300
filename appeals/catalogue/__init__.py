"""The reason catalogue: shipped as a file, and edited as editions that say what differs from it."""

from appeals.catalogue.live import LiveCatalogue
from appeals.catalogue.loader import (
    Catalogue,
    CatalogueError,
    DocumentKind,
    QueueKind,
    Reason,
    load_catalogue,
)

CATALOGUE = LiveCatalogue(load_catalogue())

__all__ = [
    "CATALOGUE",
    "Catalogue",
    "CatalogueError",
    "DocumentKind",
    "LiveCatalogue",
    "QueueKind",
    "Reason",
    "load_catalogue",
]

"""The reason catalogue: data, read once, never changed while running."""

from appeals.catalogue.loader import (
    Catalogue,
    CatalogueError,
    DocumentKind,
    QueueKind,
    Reason,
    load_catalogue,
)

CATALOGUE = load_catalogue()

__all__ = [
    "CATALOGUE",
    "Catalogue",
    "CatalogueError",
    "DocumentKind",
    "QueueKind",
    "Reason",
    "load_catalogue",
]

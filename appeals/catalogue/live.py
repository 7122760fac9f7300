"""The catalogue in force in this process: one frozen record at a time, put in place as a whole."""

from collections.abc import Mapping

from appeals.catalogue.loader import Catalogue, DocumentKind, QueueKind, Reason


class LiveCatalogue:
    """Reads like a `Catalogue`; what a reader needs of one edition it takes from one `current`."""

    def __init__(self, shipped: Catalogue) -> None:
        self.shipped = shipped
        self.current = shipped

    def hold(self, catalogue: Catalogue) -> None:
        """From now on this one is in force here."""
        self.current = catalogue

    @property
    def version(self) -> str:
        return self.current.version

    @property
    def reasons(self) -> Mapping[str, Reason]:
        return self.current.reasons

    @property
    def documents(self) -> Mapping[str, DocumentKind]:
        return self.current.documents

    @property
    def queues(self) -> Mapping[str, QueueKind]:
        return self.current.queues

    @property
    def origins(self) -> tuple[str, ...]:
        return self.current.origins

    def reason(self, code: str) -> Reason:
        """The entry with this code, retired or not; KeyError when there is none."""
        return self.current.reasons[code]

    def document(self, key: str) -> DocumentKind:
        return self.current.documents[key]

    def queue(self, key: str) -> QueueKind:
        return self.current.queues[key]

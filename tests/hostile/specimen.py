"""One hostile file: what it is called, how it is made, and why it must be refused."""

from collections.abc import Callable
from dataclasses import dataclass

from appeals.evidence.refusals import Refusal


@dataclass(frozen=True)
class Specimen:
    """`refusal` is None where the file may be kept, once `payload` is gone from it."""

    name: str
    file_name: str
    make: Callable[[], bytes]
    refusal: Refusal | None = None
    payload: bytes = b""

    def __str__(self) -> str:
        return self.name

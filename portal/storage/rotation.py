"""Brings kept files under the active master key, one by one; what is done is passed over."""

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import storages
from django.utils import timezone

from portal.storage.errors import BrokenSeal
from portal.storage.keyring import keyring
from portal.storage.sealed import SealedStorage

DRAFTS_LIVE_FOR = timedelta(hours=1)
PLAIN = "plain"


class Wish(enum.Flag):
    """What is to be done beside wrapping data keys anew."""

    NOTHING = 0
    SEAL_PLAIN = enum.auto()
    RESEAL = enum.auto()
    ONLY_LOOK = enum.auto()


@dataclass
class Tally:
    """What was found and done; `keys` are those that are still needed after it."""

    keys: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    gone: int = 0
    broken: list[tuple[str, str]] = field(default_factory=list)

    @property
    def seen(self) -> int:
        return self.keys.total() + self.gone + len(self.broken)


def sealed_storages() -> dict[str, SealedStorage]:
    """Every storage of ours, by its name."""
    opened = {name: storages[name] for name in sorted(settings.STORAGES)}
    return {name: one for name, one in opened.items() if isinstance(one, SealedStorage)}


def names_in(storage: SealedStorage, folder: str = "") -> Iterator[str]:
    """Every file, folder by folder, in the order of `_rank`."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    storage.shelf.drop_drafts(folder, before=timezone.now() - DRAFTS_LIVE_FOR)
    start = f"{folder}/" if folder else ""
    inside = {name for name in folders if start or name not in storage.apart}
    for name in sorted(inside.union(files)):
        if name in inside:
            yield from names_in(storage, start + name)
        else:
            yield start + name


def _rank(place: str) -> list[str]:
    return place.split("/")


def rotate_all(wish: Wish, tally: Tally, *, after: str = "") -> Iterator[str]:
    """Do what is wished to every file after that place, and give each place when it is done."""
    for storage in sealed_storages().values():
        for name in names_in(storage):
            place = storage.place_of(name)
            if not after or _rank(place) > _rank(after):
                _rotate(storage, name, wish, tally)
                yield place


def _rotate(storage: SealedStorage, name: str, wish: Wish, tally: Tally) -> None:
    try:
        tally.keys[_brought_up(storage, name, wish, tally)] += 1
    except FileNotFoundError:
        tally.gone += 1  # deleted while we looked
    except BrokenSeal as error:
        tally.broken.append((storage.place_of(name), str(error)))


def _brought_up(storage: SealedStorage, name: str, wish: Wish, tally: Tally) -> str:
    """Change the file if it has to be, and return the key it needs now."""
    head = storage.head(name)
    found = head.key_id if head else PLAIN
    active = keyring().active
    if wish & Wish.ONLY_LOOK:
        return found
    if head is None:
        if not wish & Wish.SEAL_PLAIN:
            raise BrokenSeal("it is plain: --seal-plain, if that is how it was stored")
        storage.seal_plain(name)
    elif wish & Wish.RESEAL:
        storage.reseal(name)
    elif found != active:
        storage.rewrap(name)
    else:
        return found
    tally.changed += 1
    return active

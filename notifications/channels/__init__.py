"""The providers a deployment has switched on, one object a process, connections kept."""

import os
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.channels.base import Account, Provider
from notifications.channels.wire import Wire
from notifications.kinds import ChannelKind

CLOSE_SECONDS = 5.0
DETAILS = ("sender", "weight", "rate", "options")


class _Switchboard:
    """The wire and the providers of one process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.wire = Wire()
        self.providers: dict[tuple[ChannelKind, str], Provider] = {}

    def provider(self, told: dict[str, Any]) -> Provider:
        key = (ChannelKind(told["channel"]), told["name"])
        if key not in self.providers:
            self.providers[key] = _make(told)
        return self.providers[key]


_switchboards: list[_Switchboard] = []


def _switchboard() -> _Switchboard:
    # A forked process inherits the object but not the thread behind it.
    if not _switchboards or _switchboards[0].pid != os.getpid():
        _switchboards[:] = [_Switchboard()]
    return _switchboards[0]


def _make(told: dict[str, Any]) -> Provider:
    backend: type[Provider] = import_string(told["backend"])
    details = {name: told[name] for name in DETAILS if name in told}
    return backend(Account(ChannelKind(told["channel"]), told["name"], **details))


def providers_of(kind: ChannelKind) -> list[Provider]:
    """Return the providers that can carry a channel, in the order of the settings."""
    return [_switchboard().provider(one) for one in settings.PROVIDERS if one["channel"] == kind]


def provider_named(kind: ChannelKind, name: str) -> Provider | None:
    """Return the provider of this name, or None where it is not configured any more."""
    return next((one for one in providers_of(kind) if one.name == name), None)


def wire() -> Wire:
    return _switchboard().wire


def close_channels() -> None:
    """Close what is open; the next message opens it anew, with the settings of then."""
    if _switchboards and _switchboards[0].pid == os.getpid():
        board = _switchboards[0]
        for provider in board.providers.values():
            board.wire.run(provider.close(), seconds=CLOSE_SECONDS)
        board.providers.clear()

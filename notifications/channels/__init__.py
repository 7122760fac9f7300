"""The channels a deployment has switched on, one object a process, connections kept."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.channels.base import Channel
from notifications.kinds import ChannelKind


@cache
def _channels() -> dict[ChannelKind, Channel]:
    return {}


def get_channel(kind: ChannelKind) -> Channel:
    channels = _channels()
    if kind not in channels:
        channels[kind] = import_string(settings.CHANNELS[kind])(kind)
    return channels[kind]


def close_channels() -> None:
    """Close what is open; the next message opens it anew, with the settings of then."""
    for channel in _channels().values():
        channel.close()
    _channels.cache_clear()

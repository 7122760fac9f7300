"""Every kind of message we send: by which channels, and what a person may switch off."""

from dataclasses import dataclass

from notifications.kinds import ChannelKind, Lane

EVERYWHERE = (ChannelKind.SMS, ChannelKind.EMAIL, ChannelKind.PUSH)


@dataclass(frozen=True)
class NotificationType:
    """How messages of one type travel; their texts lie in templates/notifications/<name>/."""

    name: str
    lane: Lane = Lane.STANDARD
    starts: tuple[ChannelKind, ...] = EVERYWHERE
    # An optional one may be switched off altogether; the others keep e-mail or SMS.
    is_optional: bool = False
    # Somebody who waits for an answer to what they just did is awake.
    has_quiet_hours: bool = True


TYPES = {
    one.name: one
    for one in (
        NotificationType("line_changed"),
        NotificationType(
            "sign_in_code",
            lane=Lane.URGENT,
            starts=(ChannelKind.EMAIL, ChannelKind.SMS),
            has_quiet_hours=False,
        ),
        NotificationType("appeal_received", is_optional=True, has_quiet_hours=False),
        NotificationType("documents_asked"),
        NotificationType("appeal_decided"),
        NotificationType("appeal_withdrawn", is_optional=True, has_quiet_hours=False),
        NotificationType("promise_overdue"),
        NotificationType(
            "reviewer_digest",
            starts=(ChannelKind.EMAIL,),
            is_optional=True,
            has_quiet_hours=False,
        ),
    )
}

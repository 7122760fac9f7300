"""What we refuse about a campaign, in words fit to show the person who asked."""


class CampaignError(Exception):
    """A request about a campaign that we refuse; `message` says why, or what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

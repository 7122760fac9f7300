"""What we refuse, in words fit to show the person who asked."""


class AppealError(Exception):
    """A request we refuse; `message` says what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class WrongState(AppealError):
    """The thing has moved on since the person last looked."""


class AppealNotFound(AppealError):
    """It does not exist for this person."""


class AlreadyAppealed(WrongState):
    """An appeal about this decision was sent before; `reference` names it."""

    def __init__(self, message: str, *, reference: str) -> None:
        super().__init__(message)
        self.reference = reference


class AlreadySent(WrongState):
    """The draft was sent before: by the first of two taps, or from another page."""


class Incomplete(WrongState):
    """Answers are missing that the appeal cannot be sent without."""


class NotAllowed(AppealError):
    """This person may see it but may not do this to it."""


class HeldByAnother(NotAllowed):
    """Somebody else has the case by now: what was typed meanwhile is not saved."""


class BadInput(AppealError):
    """What was sent cannot be used; `field` names the part to mend."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field

"""What can be wrong with a kept file, beside that it is gone."""


class BrokenSeal(Exception):
    """The file is not what was stored under this name: altered, cut short, foreign or plain."""


class StorageAway(OSError):
    """The storage gave no answer: trying again later may help."""

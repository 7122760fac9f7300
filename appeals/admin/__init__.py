"""Everything the staff admin shows of decisions and appeals."""

from importlib import import_module
from importlib.util import find_spec

from appeals.admin import appeals, instructions, queues, tokens

__all__ = ["appeals", "instructions", "queues", "tokens"]

# Written next to this; imported plainly as soon as they are there.
for name in ("appeals.admin.feed", "appeals.admin.decisions"):
    if find_spec(name):
        import_module(name)

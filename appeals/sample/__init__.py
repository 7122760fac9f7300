"""About 300 decisions to look around with, the same ones on every machine.

Every reason of the catalogue, all actions, four jurisdictions, both languages, one policy for two
regions and one burst from a faulty rule version. Only the days move: they count back from the day
of the first load, so that there is still time to appeal.
"""

from appeals.sample.feed import sample_decisions
from appeals.sample.people import ADA, LI_XUE

__all__ = ["ADA", "LI_XUE", "sample_decisions"]

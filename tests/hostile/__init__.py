"""The hostile set: files as attackers make them, made in code, the same every time but for salts.

`python -m tests.hostile FOLDER` writes them down; `tests/appeals/test_hostile.py` sends them all.
"""

from tests.hostile import papers, pictures, posing, strange
from tests.hostile.specimen import Specimen

REFUSED: list[Specimen] = [*posing.SPECIMENS, *pictures.SPECIMENS, *papers.SPECIMENS]
# Kept, but nothing of what they carry is: of a picture its pixels, of a PDF what we have read.
DISARMED: list[Specimen] = strange.SPECIMENS

__all__ = ["DISARMED", "REFUSED", "Specimen"]

"""Write the hostile set to a folder: `python -m tests.hostile FOLDER`. Take care where."""

import sys
from pathlib import Path

from tests.hostile import DISARMED, REFUSED


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, specimen in enumerate([*REFUSED, *DISARMED], start=1):
        (folder / f"{number:03} {specimen.name}".replace("/", "_")).write_bytes(specimen.make())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

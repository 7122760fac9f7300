"""A YAML file as parts that know the line they stand on, so that a complaint can name it."""

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

import yaml

TAG = "tag:yaml.org,2002:"
# The files say `zh-Hans`, as BCP 47 does; Django and the database say `zh-hans`.
LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}


class PackError(Exception):
    """A pack cannot be used; the message names the file, the line and what is wrong."""


class Part:
    """One value of a file: a scalar, a list or a mapping."""

    def __init__(self, node: yaml.Node, file: str) -> None:
        self.node = node
        self.file = file

    @property
    def place(self) -> str:
        return f"{self.file}, line {self.node.start_mark.line + 1}"

    def wrong(self, message: str) -> PackError:
        return PackError(f"{self.place}: {message}")

    def fields(
        self, required: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, "Part"]:
        """The values of a mapping that has these keys and no others."""
        found = self.mapping()
        for key in required:
            if key not in found:
                raise self.wrong(f"{key} is missing")
        for key, part in found.items():
            if key not in required and key not in optional:
                raise part.wrong(f"{key} is not a field here; take it out or mend its name")
        return found

    def mapping(self) -> dict[str, "Part"]:
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong("a mapping of fields belongs here")
        found: dict[str, Part] = {}
        for key, value in self.node.value:
            name = str(key.value)
            if name in found:
                raise Part(key, self.file).wrong(f"{name} stands here twice")
            found[name] = Part(value, self.file)
        return found

    def items(self) -> "list[Part]":
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong("a list belongs here")
        return [Part(node, self.file) for node in self.node.value]

    @property
    def is_null(self) -> bool:
        return str(self.node.tag) == f"{TAG}null"

    def text(self, *, longest: int = 2000) -> str:
        value = self._scalar("str", "a text")
        if not value.strip() or len(value) > longest:
            raise self.wrong(f"a text of 1 to {longest} characters belongs here")
        return value

    def whole(self, *, least: int = 1) -> int:
        value = self._scalar("int", "a whole number")
        if not value.isdecimal() or int(value) < least:
            raise self.wrong(f"a whole number of at least {least} belongs here")
        return int(value)

    def truth(self) -> bool:
        return self._scalar("bool", "true or false").lower() == "true"

    def day(self) -> date:
        value = self._scalar("timestamp", "a day such as 2026-09-30")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.wrong("a day such as 2026-09-30 belongs here") from None

    def choice(self, choices: Iterable[str]) -> str:
        value, known = self.text(), list(choices)
        if value not in known:
            raise self.wrong(f"{value!r} is not one of {', '.join(known)}")
        return value

    def choices(self, choices: Iterable[str]) -> tuple[str, ...]:
        known = list(choices)
        return tuple(item.choice(known) for item in self.items())

    def texts(self) -> dict[str, str]:
        """A text in every language we speak; what is the same in all stands alone."""
        if isinstance(self.node, yaml.ScalarNode):
            same = self.text()
            return dict.fromkeys(LANGUAGES, same)
        given = self.fields(LANGUAGES.values())
        return {ours: given[theirs].text() for ours, theirs in LANGUAGES.items()}

    def _scalar(self, kind: str, words: str) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or self.node.tag != f"{TAG}{kind}":
            raise self.wrong(f"{words} belongs here")
        return str(self.node.value)


def read_tree(path: Path) -> Part:
    """The file's one mapping; PackError where it is no YAML at all."""
    try:
        node = yaml.compose(path.read_bytes(), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(f"{path.name}, line {line}: {error.problem}") from None
    if node is None:
        raise PackError(f"{path.name}, line 1: the file is empty")
    return Part(node, path.name)

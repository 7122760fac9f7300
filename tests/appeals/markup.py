"""Reads a page the way a browser's outline and a screen reader do, and lists what is wrong."""

import itertools
import re
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "input", "img", "br", "hr", "use", "rect", "path", "source", "wbr"}
HEADINGS = {"h1", "h2", "h3", "h4"}
LANDMARKS = {"header", "nav", "main", "aside", "footer"}


class Page(HTMLParser):
    """The parts of a page a test asks about; `faults` are things no page may have."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.links: dict[str, str] = {}
        self.ids: list[str] = []
        self.landmarks: list[str] = []
        self.language = ""
        self._open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag, _, _ in self._open]
        self.text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<body>")[2]))
        self._check_whole()

    def handle_starttag(self, tag: str, attrs: list[Any]) -> None:
        attributes = dict(attrs)
        if tag not in VOID:
            self._open.append((tag, attributes, []))
        if tag == "html":
            self.language = attributes.get("lang") or ""
        if tag in LANDMARKS:
            self.landmarks.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"] or "")
        self._check_element(tag, attributes)

    def handle_startendtag(self, tag: str, attrs: list[Any]) -> None:
        self._check_element(tag, dict(attrs))

    def handle_data(self, data: str) -> None:
        for _, _, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            self.faults.append(f"</{tag}> closes nothing")
            return
        _, attributes, words = self._open.pop()
        text = " ".join("".join(words).split())
        if tag in HEADINGS:
            self.headings.append((tag, text))
        if tag == "a":
            self.links[text] = attributes.get("href") or ""
            if not text:
                self.faults.append(f"a link without words to {attributes.get('href')}")
        if tag == "button" and not text:
            self.faults.append("a button without words")

    def _check_element(self, tag: str, attributes: dict[str, str | None]) -> None:
        if "style" in attributes or any(name.startswith("on") for name in attributes):
            self.faults.append(f"<{tag}> with an inline style or script")
        if tag in {"script", "style"} and "src" not in attributes:
            self.faults.append(f"inline <{tag}>")
        if tag == "img" and "alt" not in attributes:
            self.faults.append("a picture without alt")

    def _check_whole(self) -> None:
        levels = [int(tag[1]) for tag, _ in self.headings]
        if levels.count(1) != 1:
            self.faults.append(f"{levels.count(1)} h1")
        if any(after > before + 1 for before, after in itertools.pairwise(levels)):
            self.faults.append(f"headings skip a level: {levels}")
        self.faults += [f"id {name} twice" for name in set(self.ids) if self.ids.count(name) > 1]
        if self.landmarks.count("main") != 1 or not self.language:
            self.faults.append("no main part, or no language")

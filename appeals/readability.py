"""How hard a text is to read, sentence by sentence; pure, no Django.

English: the Flesch-Kincaid grade, 0.39 x words a sentence + 11.8 x syllables a word - 15.59
(J. P. Kincaid and others, Naval Technical Training Command, Research Branch Report 8-75, 1975).
Syllables are estimated by groups of vowels; a number, an amount or a date counts as one. The
house's target is grade 8 and at most 20 words a sentence, as in `reasons.yaml`.

Chinese has no such formula: the house counts characters, at most 60 in a sentence and 30 between
two marks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

GRADE = 8
SENTENCE_WORDS = 20
# One sentence by itself: a single long word in a short one makes no text hard.
SENTENCE_GRADE = 10
FEWEST_WORDS = 6
LONG_WORD_SYLLABLES = 3
SENTENCE_CHARACTERS = 60
CLAUSE_CHARACTERS = 30

ENDS = re.compile(r"(?<=[.!?])[\"”’)]*\s+|\n+")
CHINESE_ENDS = re.compile(r"(?<=[。！？；])|\n+")
CLAUSE_ENDS = re.compile(r"[，、：:,。！？；]")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[$£€¥]?\d[\d.,:/-]*%?", re.UNICODE)
VOWELS = re.compile(r"[aeiouy]+")
CHINESE = re.compile(r"[\u3400-\u9fff]")
# Dots that end no sentence.
SHORT_FORMS = re.compile(r"\b(e\.g|i\.e|etc|Mr|Mrs|Ms|Dr|No)\.", re.IGNORECASE)


class Hard(StrEnum):
    """Why a sentence is hard."""

    LONG = "long"
    WORDS = "words"
    CLAUSE = "clause"


@dataclass(frozen=True)
class Remark:
    """A sentence that is too hard, why, and by what measure."""

    sentence: str
    why: Hard
    measured: int
    at_most: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What there is to say about a text; `grade` is for English only."""

    grade: float | None
    remarks: tuple[Remark, ...]

    @property
    def is_easy(self) -> bool:
        return not self.remarks and (self.grade is None or self.grade <= GRADE)


def read(text: str) -> Reading:
    """Judge a text in the language it is written in."""
    return _read_chinese(text) if is_chinese(text) else _read_english(text)


def is_chinese(text: str) -> bool:
    """Whether more of it is written in Chinese characters than in words of letters."""
    return len(CHINESE.findall(text)) > len(re.findall(r"[A-Za-z]{2,}", text))


def sentences(text: str) -> list[str]:
    """The English sentences of a text."""
    kept = SHORT_FORMS.sub(lambda found: found[1] + "\N{ONE DOT LEADER}", text)
    parts = (part.strip() for part in ENDS.split(kept))
    return [part.replace("\N{ONE DOT LEADER}", ".") for part in parts if WORD.search(part)]


def syllables(word: str) -> int:
    """About how many syllables an English word has; a number counts as one."""
    low = word.lower()
    if not low[0].isalpha():
        return 1
    groups = len(VOWELS.findall(low))
    is_silent_e = low.endswith("e") and not low.endswith(("le", "ee", "ye")) and groups > 1
    is_silent_ed = low.endswith("ed") and not low.endswith(("ted", "ded", "eed")) and groups > 1
    return max(groups - is_silent_e - is_silent_ed, 1)


def grade(words: Sequence[str], sentence_count: int) -> float:
    """The Flesch-Kincaid grade of these words in so many sentences."""
    if not words or not sentence_count:
        return 0.0
    total = sum(syllables(word) for word in words)
    return round(0.39 * len(words) / sentence_count + 11.8 * total / len(words) - 15.59, 1)


def _read_english(text: str) -> Reading:
    told = sentences(text)
    words = [WORD.findall(sentence) for sentence in told]
    remarks = [_english_remark(one, its) for one, its in zip(told, words, strict=True)]
    whole = grade([word for its in words for word in its], len(told))
    return Reading(whole, tuple(remark for remark in remarks if remark))


def _english_remark(sentence: str, words: Sequence[str]) -> Remark | None:
    if len(words) > SENTENCE_WORDS:
        return Remark(sentence, Hard.LONG, len(words), SENTENCE_WORDS)
    own = grade(words, 1)
    if len(words) >= FEWEST_WORDS and own > SENTENCE_GRADE:
        return Remark(sentence, Hard.WORDS, round(own), GRADE, _longest(words))
    return None


def _longest(words: Sequence[str]) -> tuple[str, ...]:
    """The words to replace, the heaviest first."""
    heavy = {word for word in words if syllables(word) >= LONG_WORD_SYLLABLES}
    return tuple(sorted(heavy, key=lambda word: (-syllables(word), word))[:3])


def _read_chinese(text: str) -> Reading:
    parts = (part.strip() for part in CHINESE_ENDS.split(text) if part)
    remarks = [_chinese_remark(part) for part in parts if part]
    return Reading(None, tuple(remark for remark in remarks if remark))


def _chinese_remark(sentence: str) -> Remark | None:
    long = _characters(sentence)
    if long > SENTENCE_CHARACTERS:
        return Remark(sentence, Hard.LONG, long, SENTENCE_CHARACTERS)
    clause = max((_characters(part) for part in CLAUSE_ENDS.split(sentence)), default=0)
    if clause > CLAUSE_CHARACTERS:
        return Remark(sentence, Hard.CLAUSE, clause, CLAUSE_CHARACTERS)
    return None


def _characters(text: str) -> int:
    """Characters as a reader counts them: a number or a word of letters is one."""
    return len(re.findall(r"[A-Za-z0-9$¥€£.,%-]+|[\u3400-\u9fff]", text))

"""Join tagged PDFs into one that is tagged too: the batch, as the print shop takes it."""

import io
from collections.abc import Iterator, Sequence

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree, Object, Page, Pdf

PARENTS = (Name.StructParents, Name.StructParent)


def join(letters: Sequence[bytes], title: str) -> tuple[bytes, list[int]]:
    """Return one PDF, and how many pages each letter has in it.

    pikepdf joins pages and leaves the tags behind, so the letters' trees of tags are joined here;
    each letter keeps its own language.
    """
    whole, tags, pages = pikepdf.new(), _Tags(), []
    for letter in letters:
        with pikepdf.open(io.BytesIO(letter)) as one:
            begin = len(whole.pages)
            whole.pages.extend(one.pages)
            pages.append(len(one.pages))
            tags.take(whole, one, whole.pages[begin:])
    tags.give(whole)
    _name(whole, title)
    file = io.BytesIO()
    whole.save(file, deterministic_id=True)
    return file.getvalue(), pages


class _Tags:
    """The tags of all letters so far; `next_key` numbers the places where pages look theirs up."""

    def __init__(self) -> None:
        self.letters: list[Object] = []
        self.parents: list[Object | int] = []
        self.roles: dict[str, Object] = {}
        self.next_key = 0

    def take(self, whole: Pdf, one: Pdf, pages: list[Page]) -> None:
        """Take over one letter's tree, and number anew where its pages look up their tags."""
        tree = whole.copy_foreign(one.make_indirect(one.Root.StructTreeRoot))
        for key, value in NumberTree(tree.ParentTree).items():
            self.parents += [self.next_key + key, value]
        for holder in _tagged(pages):
            for name in PARENTS:
                if name in holder:
                    holder[name] = self.next_key + int(holder[name])
        self.next_key += int(tree.ParentTreeNextKey)
        self.roles |= dict(tree.get(Name.RoleMap, Dictionary()).items())
        for part in tree.K if isinstance(tree.K, Array) else [tree.K]:
            part.Lang = str(one.Root.Lang)
            self.letters.append(part)

    def give(self, whole: Pdf) -> None:
        """Hang all letters under one root."""
        document = whole.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document))
        for letter in self.letters:
            letter.P = document
            if Name.Document == letter.S:
                letter.S = Name.Part
        document.K = Array(self.letters)
        root = Dictionary(
            Type=Name.StructTreeRoot,
            K=Array([document]),
            ParentTree=whole.make_indirect(Dictionary(Nums=Array(self.parents))),
            ParentTreeNextKey=self.next_key,
            RoleMap=Dictionary(self.roles),
        )
        whole.Root.StructTreeRoot = document.P = whole.make_indirect(root)
        whole.Root.MarkInfo = Dictionary(Marked=True)


def _tagged(pages: list[Page]) -> Iterator[Object]:
    """Pages, and the links on them, that look up their tags."""
    for page in pages:
        yield page.obj
        yield from page.obj.get(Name.Annots, Array())


def _name(whole: Pdf, title: str) -> None:
    whole.docinfo[Name.Title] = title
    whole.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    # What the letters themselves say is in their own language.
    whole.Root.Lang = "en"

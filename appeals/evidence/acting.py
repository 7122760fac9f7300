"""What in a PDF would act by itself, or carries something else in. Runs only inside the sandbox."""

import re
from collections.abc import Iterator

import pikepdf

from appeals.evidence.limits import MAX_PICTURE_IN_PDF_PIXELS
from appeals.evidence.refusals import Refusal, Refused

Container = pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array

# A dictionary that has one of these keys, whatever it says.
FORBIDDEN_KEYS = {
    "/JS": Refusal.SCRIPT,
    "/XFA": Refusal.XFA,
    "/EF": Refusal.ATTACHMENT,
    "/Collection": Refusal.ATTACHMENT,
    "/RichMediaContent": Refusal.MEDIA,
}
# A dictionary in which one of these keys has one of these values.
FORBIDDEN_VALUES = {
    "/S": {
        "/JavaScript": Refusal.SCRIPT,
        "/Launch": Refusal.ACTION,
        "/SubmitForm": Refusal.ACTION,
        "/ImportData": Refusal.ACTION,
        "/GoToR": Refusal.ACTION,
        "/GoToE": Refusal.ATTACHMENT,
        "/Rendition": Refusal.MEDIA,
        "/Movie": Refusal.MEDIA,
        "/Sound": Refusal.MEDIA,
        "/RichMediaExecute": Refusal.MEDIA,
        "/GoTo3DView": Refusal.MEDIA,
    },
    "/Type": {"/EmbeddedFile": Refusal.ATTACHMENT},
    "/Subtype": {
        "/FileAttachment": Refusal.ATTACHMENT,
        "/RichMedia": Refusal.MEDIA,
        "/Movie": Refusal.MEDIA,
        "/Sound": Refusal.MEDIA,
        "/Screen": Refusal.MEDIA,
        "/3D": Refusal.MEDIA,
        "/U3D": Refusal.MEDIA,
        "/PRC": Refusal.MEDIA,
    },
}
# What a PDF may do without being asked: turn to a page of its own.
HARMLESS_STARTS = {"/GoTo", "/Named"}
# A web link is fine where somebody has to press it, since nobody's browser opens the PDF itself.
LINK_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):")
HARMLESS_SCHEMES = {"http", "https", "mailto", "tel"}
INVISIBLE = re.compile(r"[\s\x00-\x1f\x7f]+")
# The same in bytes that no reader of ours counts as part of the PDF: another one may.
LEFT_ABOUT = re.compile(rb"/S\s*/(JavaScript|Launch|SubmitForm|ImportData)\b")
FLATE = {"/FlateDecode", "/Fl"}


def refuse_active_content(pdf: pikepdf.Pdf) -> None:
    """Look into every object of the file, whether or not a page uses it."""
    for container in _containers(pdf):
        if isinstance(container, pikepdf.Array):
            continue
        code = _what_acts(container) or _what_is_too_much(container)
        if code:
            raise Refused(code)


def refuse_hidden_actions(content: bytes) -> None:
    """Look at the bytes as they lie, for what only a careless reader would find."""
    found = LEFT_ABOUT.search(content)
    if found:
        raise Refused(FORBIDDEN_VALUES["/S"][f"/{found[1].decode()}"])


def _containers(pdf: pikepdf.Pdf) -> Iterator[Container]:
    """Every dictionary, stream and array, used or not; references lead to objects of their own."""
    waiting: list[pikepdf.Object] = list(pdf.objects)
    waiting.append(pdf.trailer)
    while waiting:
        found = waiting.pop()
        if not isinstance(found, (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)):
            continue
        yield found
        inside = found if isinstance(found, pikepdf.Array) else (v for _, v in found.items())
        waiting.extend(
            value for value in inside if isinstance(value, pikepdf.Object) and not value.is_indirect
        )


def _what_acts(container: pikepdf.Dictionary | pikepdf.Stream) -> Refusal | None:
    keys = container.keys()
    for key, code in FORBIDDEN_KEYS.items():
        if key in keys:
            return code
    for key, codes in FORBIDDEN_VALUES.items():
        value = container.get(key) if key in keys else None
        if isinstance(value, pikepdf.Name) and str(value) in codes:
            return codes[str(value)]
    # A stream whose bytes lie in a file elsewhere.
    if isinstance(container, pikepdf.Stream) and "/F" in keys:
        return Refusal.ACTION
    if _leads_astray(container.get("/URI")):
        return Refusal.ACTION
    return _what_starts_by_itself(container)


def _what_starts_by_itself(container: pikepdf.Dictionary | pikepdf.Stream) -> Refusal | None:
    """What happens when the file or a page is opened, or a field entered: turning pages may."""
    starts = [container.get("/OpenAction")]
    events = container.get("/AA")
    if isinstance(events, pikepdf.Dictionary):
        starts += [value for _, value in events.items()]
    for start in starts:
        does = start.get("/S") if isinstance(start, pikepdf.Dictionary) else None
        if does is not None and str(does) not in HARMLESS_STARTS:
            return FORBIDDEN_VALUES["/S"].get(str(does), Refusal.ACTION)
    return None


def _leads_astray(link: object) -> bool:
    if not isinstance(link, pikepdf.String):
        return False
    address = INVISIBLE.sub("", str(link)).lower()
    scheme = LINK_SCHEME.match(address)
    return address.startswith("\\\\") or bool(scheme and scheme[1] not in HARMLESS_SCHEMES)


def _what_is_too_much(container: pikepdf.Dictionary | pikepdf.Stream) -> Refusal | None:
    if not isinstance(container, pikepdf.Stream):
        return None
    filters = container.get("/Filter")
    if isinstance(filters, pikepdf.Array) and sum(str(one) in FLATE for one in filters) > 1:
        return Refusal.BOMB  # packed twice: a thousand times a thousand
    width, height = container.get("/Width", 0), container.get("/Height", 0)
    if _is_number(width) and _is_number(height) and width * height > MAX_PICTURE_IN_PDF_PIXELS:
        return Refusal.TOO_LARGE_PICTURE
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int)

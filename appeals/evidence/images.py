"""Pictures are decoded to the last pixel and written anew: nothing but the pixels survives.

Runs only inside the sandbox: see `inspection`.
"""

import contextlib
import io
import math
import struct
import warnings
from pathlib import Path

import pillow_heif
from PIL import Image, ImageOps

from appeals.evidence.disguises import refuse_disguise
from appeals.evidence.limits import MAX_KEPT_PIXELS, MAX_PICTURE_PIXELS, MAX_SIDE_PIXELS
from appeals.evidence.refusals import Refusal, Refused
from appeals.evidence.sniffing import MediaType
from appeals.evidence.wholeness import is_cut_off

FORMATS = {
    MediaType.JPEG: "JPEG",
    MediaType.PNG: "PNG",
    MediaType.WEBP: "WEBP",
    MediaType.HEIC: "HEIF",
}
# What Pillow and its plug-ins are known to raise on bytes that are not what they seem.
DECODER_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    ArithmeticError,
    TypeError,
    RuntimeError,
    struct.error,
)
WRITABLE_MODES = {
    "JPEG": {"L", "RGB"},
    "PNG": {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"},
    "WEBP": {"RGB", "RGBA"},
}
# Good enough to read small print by, small enough to store.
SAVE_OPTIONS = {
    "JPEG": {"quality": 90, "optimize": True},
    "PNG": {"compress_level": 6},
    "WEBP": {"quality": 90, "method": 4},
}
# Of these only the first picture would be left. A phone's JPEG may hold a second one, brighter,
# and its HEIC a burst: there the first is the photograph.
MAY_NOT_MOVE = {MediaType.PNG, MediaType.WEBP}
# How libheif says that it was asked for more than it will unpack.
HEIC_TOO_LARGE = ("security limit", "exceeds the maximum", "too large")
# A browser shows no HEIC.
KEPT_AS = {MediaType.HEIC: MediaType.JPEG}

pillow_heif.register_heif_opener(thumbnails=False)
Image.MAX_IMAGE_PIXELS = MAX_PICTURE_PIXELS


def clean_picture(source: Path, target: Path, kind: MediaType) -> MediaType:
    """Write the picture, upright and without anything its camera noted; return its new type."""
    kept_as = KEPT_AS.get(kind, kind)
    content = source.read_bytes()
    refuse_disguise(content, kind)
    picture = _decode(io.BytesIO(content), kind)
    form = FORMATS[kept_as]
    plain = _reduced(_in_writable_mode(picture, form))
    # Pillow would write the comment, the colour profile and XMP from here into the new file.
    plain.info = {
        name: value
        for name, value in plain.info.items()
        if name == "transparency" and form == "PNG"
    }
    try:
        plain.save(target, format=form, **SAVE_OPTIONS[form])
    except (RuntimeError, ValueError):
        raise Refused(Refusal.TOO_COMPLEX) from None
    return kept_as


def _decode(content: io.BytesIO, kind: MediaType) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(content, formats=[FORMATS[kind]]) as picture:
                _refuse_kind_of(picture, kind)
                picture.load()
                return _upright(picture)
    except Image.DecompressionBombError:
        raise Refused(Refusal.TOO_LARGE_PICTURE) from None
    except DECODER_FAULTS as fault:
        raise Refused(_why(fault, content.getvalue(), kind)) from None


def _refuse_kind_of(picture: Image.Image, kind: MediaType) -> None:
    is_huge = picture.width * picture.height > MAX_PICTURE_PIXELS
    if is_huge or max(picture.size) > MAX_SIDE_PIXELS:
        raise Refused(Refusal.TOO_LARGE_PICTURE)
    if kind in MAY_NOT_MOVE and getattr(picture, "n_frames", 1) > 1:
        raise Refused(Refusal.MOVING_PICTURE)


def _why(fault: Exception, content: bytes, kind: MediaType) -> Refusal:
    if is_cut_off(content, kind):
        return Refusal.CUT_OFF
    if kind is MediaType.HEIC and any(words in str(fault).lower() for words in HEIC_TOO_LARGE):
        return Refusal.TOO_LARGE_PICTURE
    return Refusal.DAMAGED


def _upright(picture: Image.Image) -> Image.Image:
    # A camera's broken notes are no reason to refuse its picture.
    with contextlib.suppress(*DECODER_FAULTS):
        return ImageOps.exif_transpose(picture)
    return picture.copy()


def _reduced(picture: Image.Image) -> Image.Image:
    """No larger than anybody needs in order to read it."""
    pixels = picture.width * picture.height
    if pixels <= MAX_KEPT_PIXELS:
        return picture
    smooth = picture
    if picture.mode in {"1", "P"}:  # no shades between which to smooth
        smooth = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    scale = math.sqrt(MAX_KEPT_PIXELS / pixels)
    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    return smooth.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _in_writable_mode(picture: Image.Image, form: str) -> Image.Image:
    if picture.mode in WRITABLE_MODES[form]:
        return picture
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    transparent = picture.convert("RGBA")
    if "RGBA" in WRITABLE_MODES[form]:
        return transparent
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, transparent).convert("RGB")

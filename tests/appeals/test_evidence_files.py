"""What is kept, what is refused and why: honest files and hostile ones, file by file."""

import io
from collections.abc import Callable
from functools import partial

import pillow_heif
import pytest
from PIL import Image

from appeals.evidence import limits, sandbox
from appeals.evidence.inspection import check_file
from appeals.evidence.refusals import Refusal, Refused
from appeals.evidence.sniffing import MediaType, sniff
from appeals.evidence.wording import TEXTS
from tests.appeals import files

pillow_heif.register_heif_opener()

REFUSED: dict[str, tuple[Callable[[], bytes], Refusal]] = {
    # scripts
    "script when opened": (files.pdf_open_script, Refusal.SCRIPT),
    "named script": (files.pdf_named_script, Refusal.SCRIPT),
    "script in an object stream": (files.pdf_script_in_object_stream, Refusal.SCRIPT),
    "script spelled otherwise": (files.pdf_script_under_another_spelling, Refusal.SCRIPT),
    "script in an annotation": (files.pdf_script_in_annotation, Refusal.SCRIPT),
    "script after a harmless action": (files.pdf_script_behind_next, Refusal.SCRIPT),
    "script in a form": (files.pdf_form_script, Refusal.SCRIPT),
    "script in a locked PDF": (files.pdf_locked_with_script, Refusal.SCRIPT),
    "javascript: link": (files.pdf_script_link, Refusal.ACTION),
    # actions
    **{
        kind: (partial(files.pdf_acting, kind), Refusal.ACTION)
        for kind in ("Launch", "SubmitForm", "ImportData", "GoToR")
    },
    "GoToE": (lambda: files.pdf_acting("GoToE"), Refusal.ATTACHMENT),
    # things inside
    "attachment": (files.pdf_attachment, Refusal.ATTACHMENT),
    "attachment on a page": (files.pdf_attachment_annotation, Refusal.ATTACHMENT),
    "XFA": (files.pdf_xfa, Refusal.XFA),
    **{
        kind: (partial(files.pdf_media, kind), Refusal.MEDIA)
        for kind in ("RichMedia", "Movie", "Sound", "Screen", "3D")
    },
    # not to be opened
    "password": (files.pdf_with_password, Refusal.PASSWORD),
    "truncated PDF": (files.pdf_truncated, Refusal.CUT_OFF),
    "no pages": (files.pdf_without_pages, Refusal.DAMAGED),
    "pages in a circle": (files.pdf_page_loop, Refusal.DAMAGED),
    "nested too deep": (files.pdf_deep_nesting, Refusal.DAMAGED),
    "too many pages": (lambda: files.pdf(pages=201), Refusal.TOO_MANY_PAGES),
    "truncated JPEG": (lambda: files.jpeg(size=(600, 400))[:2500], Refusal.CUT_OFF),
    "truncated PNG": (lambda: files.png()[:-30], Refusal.CUT_OFF),
    "truncated WebP": (lambda: files.webp()[:120], Refusal.CUT_OFF),
    "truncated HEIC": (lambda: files.heic()[:500], Refusal.CUT_OFF),
    "noise that begins like a JPEG": (
        lambda: b"\xff\xd8\xff\xd9" + files.noise(5000),
        Refusal.DAMAGED,
    ),
    # two files in one
    "PDF and ZIP": (files.pdf_and_zip, Refusal.MIXED),
    "JPEG and ZIP": (files.jpeg_and_zip, Refusal.MIXED),
    "JPEG with a page in its comment": (files.jpeg_and_html, Refusal.MIXED),
    "PDF and a long tail": (files.pdf_and_long_tail, Refusal.MIXED),
    "HTML and PDF": (files.html_and_pdf, Refusal.WEB_PAGE),
    # bombs that can be known by their head
    "huge PNG": (files.png_bomb, Refusal.TOO_LARGE_PICTURE),
    "PNG with endless pixels": (files.honest_looking_png_bomb, Refusal.BOMB),
    # not ours
    "SVG": (lambda: files.SVG, Refusal.WEB_PAGE),
    "HTML": (lambda: files.HTML, Refusal.WEB_PAGE),
    "program": (lambda: files.EXE, Refusal.PROGRAM),
    "GIF": (lambda: files.GIF, Refusal.OTHER_PICTURE),
    "ZIP": (files.zipped, Refusal.ARCHIVE),
    "AVIF": (files.avif_head, Refusal.OTHER_PICTURE),
}
KEPT = {
    "PDF": (files.pdf, MediaType.PDF),
    "PDF with 200 pages": (lambda: files.pdf(pages=200), MediaType.PDF),
    "PDF with a web link": (files.pdf_web_link, MediaType.PDF),
    "PDF with a filled form": (files.pdf_filled_form, MediaType.PDF),
    "PDF with a line break before it": (lambda: b"\r\n" + files.pdf(), MediaType.PDF),
    "PDF with a page of 5 km": (files.pdf_huge_page, MediaType.PDF),
    "JPEG": (files.jpeg, MediaType.JPEG),
    "PNG": (files.png, MediaType.PNG),
    "WebP": (files.webp, MediaType.WEBP),
    "HEIC": (files.heic, MediaType.JPEG),
}
LEFTOVERS = (files.GPS_MARK, files.COMMENT_MARK, b"moving photograph", b"Exif", b"acsp")


@pytest.fixture
def source(tmp_path):
    return tmp_path / "source"


@pytest.fixture
def target(tmp_path):
    return tmp_path / "target"


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_its_own_reason(name, source, target):
    make, code = REFUSED[name]
    source.write_bytes(make())

    with pytest.raises(Refused) as refused:
        check_file(source, target)

    assert refused.value.code == code


@pytest.mark.parametrize("name", KEPT)
def test_an_honest_file_is_kept(name, source, target):
    make, media_type = KEPT[name]
    source.write_bytes(make())

    found = check_file(source, target)

    assert found["media_type"] == media_type
    assert found["pages"] == (200 if "200" in name else 1)


@pytest.mark.parametrize("make", [files.jpeg, files.png, files.webp, files.heic])
@pytest.mark.parametrize("tail", [b"", b"ftypmp42 a moving photograph" * 50])
def test_nothing_but_pixels_is_left_of_a_picture(make, tail, source, target):
    original = make() + tail
    source.write_bytes(original)

    check_file(source, target)

    kept = target.read_bytes()
    assert any(mark in original for mark in LEFTOVERS)
    assert not [mark for mark in LEFTOVERS if mark in kept]
    with Image.open(target) as picture:
        picture.load()
        assert not picture.getexif()
        assert not {"exif", "comment", "xmp", "icc_profile", "Comment"} & picture.info.keys()


def test_a_photograph_is_turned_upright(source, target):
    source.write_bytes(files.jpeg(orientation=6, size=(60, 40)))

    check_file(source, target)

    with Image.open(target) as picture:
        assert picture.size == (40, 60)
        top = picture.crop((0, 0, 40, 25)).resize((1, 1))
        red, _green, blue = top.tobytes()
        assert red > 200 > blue  # what was left is on top now


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_unusual_colours_are_kept_readable(mode, source, target):
    source.write_bytes(files.saved(files.picture(mode=mode), "JPEG"))

    assert check_file(source, target)["media_type"] == MediaType.JPEG


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA"])
def test_every_kind_of_png_is_kept(mode, source, target):
    source.write_bytes(files.saved(Image.new(mode, (30, 20)), "PNG"))

    assert check_file(source, target)["media_type"] == MediaType.PNG


def test_a_see_through_heic_gets_white_paper(source, target):
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(out, format="HEIF")
    source.write_bytes(out.getvalue())

    check_file(source, target)

    with Image.open(target) as picture:
        assert min(picture.tobytes()) > 240


def test_a_pdf_that_is_only_locked_is_kept_without_its_lock(source, target):
    source.write_bytes(files.pdf_locked_against_printing())

    found = check_file(source, target)

    assert found["is_rewritten"]
    assert b"/Encrypt" not in target.read_bytes()


def test_a_signed_or_plain_pdf_stays_byte_for_byte(source, target):
    source.write_bytes(files.pdf())

    assert not check_file(source, target)["is_rewritten"]
    assert not target.exists()


def test_very_large_photographs_are_made_readable_not_refused(source, target):
    source.write_bytes(files.saved(Image.new("L", (7000, 5000)), "JPEG"))

    check_file(source, target)

    with Image.open(target) as picture:
        assert 20_000_000 < picture.width * picture.height <= 25_000_000


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.7", MediaType.PDF),
        (b"\xef\xbb\xbf%PDF-1.7", MediaType.PDF),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", MediaType.HEIC),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", None),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
        (b"PDF", None),
    ],
)
def test_a_type_is_known_by_its_first_bytes(head, media_type):
    assert sniff(head) is media_type


def test_every_refusal_says_what_to_do():
    assert set(TEXTS) == set(Refusal)
    for text in TEXTS.values():
        assert str(text).count(".") >= 2 or "then" in str(text), text


def test_the_sentences_tell_the_true_limits():
    assert limits.MAX_FILE_BYTES == 20 * limits.MEGABYTE
    assert limits.MAX_APPEAL_BYTES == 60 * limits.MEGABYTE
    assert (limits.MAX_APPEAL_FILES, limits.MAX_PDF_PAGES) == (20, 200)


# --- the process of its own -----------------------------------------------------------------------


def test_the_sandbox_answers_like_the_check_itself(source, target):
    source.write_bytes(files.jpeg())

    found = sandbox.inspect(source, target)

    assert found == sandbox.Inspection(MediaType.JPEG, pages=1, is_rewritten=True)
    assert target.exists()


def test_a_bomb_is_stopped_by_the_memory_it_may_have(source, target):
    """Two megabytes of PDF become two thousand million bytes; the child may have 1,500 million."""
    source.write_bytes(files.pdf_object_stream_bomb(is_spelled_out=True))

    with pytest.raises(Refused) as refused:
        sandbox.inspect(source, target)

    assert refused.value.code in {Refusal.DAMAGED, Refusal.TOO_COMPLEX}


def test_a_bomb_that_lies_open_is_known_before_anything_opens_it(source, target):
    source.write_bytes(files.pdf_object_stream_bomb())

    with pytest.raises(Refused) as refused:
        check_file(source, target)

    assert refused.value.code == Refusal.BOMB


def test_on_a_machine_that_is_too_busy_it_is_no_fault_of_the_file(source, target, monkeypatch):
    monkeypatch.setattr(sandbox, "MAX_SECONDS", 0.01)
    source.write_bytes(files.pdf())

    with pytest.raises(sandbox.SandboxFailed):
        sandbox.inspect(source, target)


def test_a_file_that_takes_for_ever_is_stopped_by_the_time_it_may_have(
    source, target, tmp_path, monkeypatch
):
    (tmp_path / "spins.py").write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(sandbox.PROJECT_DIR)!r})\n"
        "from appeals.evidence import inspection\n"
        "inspection.LIMITS[inspection.resource.RLIMIT_CPU] = 2\n"
        "inspection._limit_ourselves()\n"
        "while True:\n"
        "    pass\n"
    )
    monkeypatch.setattr(sandbox, "PROJECT_DIR", tmp_path)
    monkeypatch.setattr(sandbox, "MODULE", "spins")

    with pytest.raises(Refused) as refused:
        sandbox.inspect(source, target)

    assert refused.value.code == Refusal.TOO_COMPLEX


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        ("import os; os.kill(os.getpid(), 11)", Refused),  # crashed by what it read
        ("import os; os.kill(os.getpid(), 9)", sandbox.SandboxFailed),  # killed by the system
        ("raise SystemExit(1)", sandbox.SandboxFailed),
        ("pass", sandbox.SandboxFailed),
    ],
)
def test_the_end_of_the_child_is_an_answer(ending, error, source, target, tmp_path, monkeypatch):
    (tmp_path / "ends.py").write_text(ending)
    monkeypatch.setattr(sandbox, "PROJECT_DIR", tmp_path)
    monkeypatch.setattr(sandbox, "MODULE", "ends")

    with pytest.raises(error):
        sandbox.inspect(source, target)


def test_the_child_knows_no_secret_and_has_its_limits(source, target, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@db/recourse")
    child = (
        "import json, os, resource, sys\n"
        f"sys.path.insert(0, {str(sandbox.PROJECT_DIR)!r})\n"
        "from appeals.evidence import inspection\n"
        "inspection.VERBS['check'] = lambda *paths: {'env': dict(os.environ), 'django': \n"
        "    'django' in sys.modules, 'memory': resource.getrlimit(resource.RLIMIT_AS)[1],\n"
        "    'cpu': resource.getrlimit(resource.RLIMIT_CPU)[1]}\n"
        "inspection.main(sys.argv[1:])\n"
    )
    (tmp_path / "tells.py").write_text(child)
    monkeypatch.setattr(sandbox, "PROJECT_DIR", tmp_path)
    monkeypatch.setattr(sandbox, "MODULE", "tells")

    found = sandbox._run("check", source, target)

    assert found["env"].keys() <= {"PATH", "LC_ALL", "LC_CTYPE", "PYTHONDONTWRITEBYTECODE"}
    assert not found["django"]
    assert 0 < found["memory"] <= 1_600_000_000
    assert 0 < found["cpu"] <= 30


def test_a_page_is_drawn_with_what_was_filled_in(source, tmp_path):
    source.write_bytes(files.pdf_filled_form())

    sandbox.draw_pages(source, 1, 1)

    with Image.open(tmp_path / "1.png") as page:
        assert page.format == "PNG"
        assert page.width <= 1240
        scale = page.width / 595
        assert page.getpixel((int(145 * scale), int((842 - 410) * scale))) == (0, 0, 255)


def test_pages_are_drawn_up_to_the_first_that_is_not_there(source, tmp_path):
    source.write_bytes(files.pdf(pages=2))

    with pytest.raises(Refused):
        sandbox.draw_pages(source, 2, 3)

    assert {path.name for path in tmp_path.glob("*.png")} == {"2.png"}

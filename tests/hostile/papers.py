"""PDFs that act, carry, hide, lock or never end."""

import zlib
from functools import partial
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from appeals.evidence.refusals import Refusal
from tests.appeals import files
from tests.hostile.posing import EICAR, PAGE, PROGRAM
from tests.hostile.specimen import Specimen

PAGE_OF_5 = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
    b"/Resources << /XObject << /X 5 0 R >> >> >>"
)


def linked(address: str) -> bytes:
    link = Dictionary(S=Name.URI, URI=String(address))
    return files.pdf(lambda pdf: files.annotate(pdf, A=link))


def rooted(**entries: object) -> bytes:
    """A PDF whose catalogue has these too."""

    def change(pdf: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            pdf.Root[f"/{key}"] = value

    return files.pdf(change)


def with_page_event() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.URI, URI=String("https://spy.example/")))

    return files.pdf(change)


def with_outside_stream() -> bytes:
    """A page whose drawing lies in a file of the reader's machine."""

    def change(pdf: pikepdf.Pdf) -> None:
        stream = pdf.make_stream(b"")
        stream.F = String("/etc/passwd")
        pdf.pages[0].contents_add(stream)

    return files.pdf(change)


def with_attachment_unused() -> bytes:
    """The attached file is in no list; a careful reader finds it all the same."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Hidden = pdf.make_stream(PROGRAM, Type=Name.EmbeddedFile)

    return files.pdf(change)


def with_model() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Model = pdf.make_stream(b"U3D\0", Type=Name("/3D"), Subtype=Name.U3D)

    return files.pdf(change)


def locked(**options: Any) -> bytes:
    return files.pdf(encryption=pikepdf.Encryption(owner="owner", user=files.PASSWORD, **options))


def locked_by(handler: bytes) -> bytes:
    """Locked by a certificate, or by something nobody knows."""
    lock = b"/Encrypt << /Filter /" + handler + b" /V 4 /R 4 /Length 128 >> /ID [<00> <00>] "
    return files.pdf().replace(b"/Root", lock + b"/Root")


def changed_later(first: bytes) -> bytes:
    """A script in a revision that a later one replaced: some readers go back to it."""
    plain = files.pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    hidden = b"99 0 obj\n" + first + b"\nendobj\n"
    return plain.replace(b"%%EOF", b"", 1).replace(b"xref\n", hidden + b"xref\n", 1) + b"%%EOF\n"


def without_end() -> bytes:
    return files.pdf().replace(b"%%EOF", b"")


def trailer_to_nowhere() -> bytes:
    plain = files.pdf().replace(b"/Type /Catalog", b"/Type /Cabinet")
    return plain.replace(b"/Root 1 0", b"/Root 77 0")


def tree_that_doubles(times: int = 30) -> bytes:
    """Thirty nodes, each with the next one twice: a thousand million pages."""

    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0].obj
        node = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([page, page]), Count=2))
        for _ in range(times):
            node = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([node, node]), Count=2))
        pdf.Root.Pages = node

    return files.pdf(change)


def tree_as_deep(depth: int = 500) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        node = pdf.pages[0].obj
        for _ in range(depth):
            node = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([node]), Count=1))
        pdf.Root.Pages = node

    return files.pdf(change)


def tree_that_lies() -> bytes:
    """Says one page, has three hundred."""
    return files.pdf(pages=300).replace(b"/Count 300", b"/Count 1  ")


def packed(content: bytes, *, filters: bytes = b"/FlateDecode", more: bytes = b"") -> bytes:
    """A one-page PDF, written by hand, whose page draws this packed stream."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE_OF_5,
        b"<< /Filter %s /Length %d >>\nstream\n" % (filters, len(content))
        + content
        + b"\nendstream",
        more or b"null",
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, len(out))
    )


def many_bombs() -> bytes:
    """Ten streams, each within what one may have."""

    def change(pdf: pikepdf.Pdf) -> None:
        bomb = files.deflated_zeros(200)
        streams = []
        for _ in range(10):
            stream = pdf.make_stream(b"")
            stream.write(bomb, filter=Name.FlateDecode)
            streams.append(stream)
        pdf.Root.Bombs = Array(streams)

    return files.pdf(change, compress_streams=False)


def with_picture(width: int, height: int) -> bytes:
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 "
        b"/ColorSpace /DeviceRGB /Filter /FlateDecode /Length 11 >>\nstream\n"
        % (width, height)
        + zlib.compress(b"\0\0\0")[:11]
        + b"\nendstream"
    )
    return packed(zlib.compress(b"q 500 0 0 500 0 0 cm /X Do Q"), more=picture)


def _(name: str, make: object, refusal: Refusal) -> Specimen:
    return Specimen(name, "payslip.pdf", make, refusal)  # type: ignore[arg-type]


SPECIMENS = [
    # scripts
    _("script when opened", files.pdf_open_script, Refusal.SCRIPT),
    _("script by name", files.pdf_named_script, Refusal.SCRIPT),
    _("script in an object stream", files.pdf_script_in_object_stream, Refusal.SCRIPT),
    _("script spelled otherwise", files.pdf_script_under_another_spelling, Refusal.SCRIPT),
    _("script behind a click", files.pdf_script_in_annotation, Refusal.SCRIPT),
    _("script after a harmless action", files.pdf_script_behind_next, Refusal.SCRIPT),
    _("script in a form", files.pdf_form_script, Refusal.SCRIPT),
    _("script in a locked PDF", files.pdf_locked_with_script, Refusal.SCRIPT),
    _(
        "script in a revision that is past",
        lambda: changed_later(b"<< /S /JavaScript /Old true >>"),
        Refusal.SCRIPT,
    ),
    # actions
    _("program behind a click", partial(files.pdf_acting, "Launch"), Refusal.ACTION),
    _("form that is sent", partial(files.pdf_acting, "SubmitForm"), Refusal.ACTION),
    _("data taken in", partial(files.pdf_acting, "ImportData"), Refusal.ACTION),
    _("another file behind a click", partial(files.pdf_acting, "GoToR"), Refusal.ACTION),
    _(
        "web page when opened",
        lambda: rooted(OpenAction=Dictionary(S=Name.URI, URI=String("https://spy.example/"))),
        Refusal.ACTION,
    ),
    _("web page when a page is seen", with_page_event, Refusal.ACTION),
    _(
        "program in a revision that is past",
        lambda: changed_later(b"<< /S /Launch /F (calc.exe) >>"),
        Refusal.ACTION,
    ),
    _("link to a script", files.pdf_script_link, Refusal.ACTION),
    _("link to a script, hidden", lambda: linked("java\tscript:alert(1)"), Refusal.ACTION),
    _("link to a script for Windows", lambda: linked("vbscript:msgbox"), Refusal.ACTION),
    _("link to data", lambda: linked("data:text/html,<script>"), Refusal.ACTION),
    _("link to a file", lambda: linked("file:///etc/passwd"), Refusal.ACTION),
    _("link to a share", lambda: linked("\\\\evil.example\\share"), Refusal.ACTION),
    _("link to a program of Office", lambda: linked("ms-word:ofe|u|https://x"), Refusal.ACTION),
    _("drawing from another file", with_outside_stream, Refusal.ACTION),
    # things inside
    _("attached program", files.pdf_attachment, Refusal.ATTACHMENT),
    _("attached to a page", files.pdf_attachment_annotation, Refusal.ATTACHMENT),
    _("attached and in no list", with_attachment_unused, Refusal.ATTACHMENT),
    _("portfolio", lambda: rooted(Collection=Dictionary(View=Name.T)), Refusal.ATTACHMENT),
    _("file inside behind a click", partial(files.pdf_acting, "GoToE"), Refusal.ATTACHMENT),
    _("XFA", files.pdf_xfa, Refusal.XFA),
    *(
        _(f"{kind} on a page", partial(files.pdf_media, kind), Refusal.MEDIA)
        for kind in ("RichMedia", "Movie", "Sound", "Screen", "3D")
    ),
    _("film behind a click", partial(files.pdf_acting, "Rendition"), Refusal.MEDIA),
    _("model in three dimensions", with_model, Refusal.MEDIA),
    # locks
    _("password", files.pdf_with_password, Refusal.PASSWORD),
    _("password of 1996", lambda: locked(R=2, metadata=False, aes=False), Refusal.PASSWORD),
    _("password of 2005", lambda: locked(R=4), Refusal.PASSWORD),
    _("locked by a certificate", lambda: locked_by(b"Adobe.PubSec"), Refusal.PASSWORD),
    _("locked by nobody knows what", lambda: locked_by(b"Evil.Lock"), Refusal.PASSWORD),
    # cut off
    *(
        _(
            f"PDF cut off at {share:.0%}",
            lambda share=share: files.pdf(pages=20)[: int(len(files.pdf(pages=20)) * share)],
            Refusal.CUT_OFF,
        )
        for share in (0.1, 0.5, 0.9, 0.995)
    ),
    _("PDF of its first line", lambda: b"%PDF-1.7\n", Refusal.CUT_OFF),
    _("PDF without an end", without_end, Refusal.CUT_OFF),
    _(
        "PDF for the web, cut off",
        lambda: files.pdf(pages=20, linearize=True)[:-600],
        Refusal.CUT_OFF,
    ),
    # two files in one
    _("PDF that is a ZIP", files.pdf_and_zip, Refusal.MIXED),
    _("PDF with a page after it", lambda: files.pdf() + PAGE * 40, Refusal.MIXED),
    _("PDF with a program after it", lambda: files.pdf() + PROGRAM * 6, Refusal.MIXED),
    # broken, or made so that readers break
    _("trailer that leads nowhere", trailer_to_nowhere, Refusal.DAMAGED),
    _("no pages", files.pdf_without_pages, Refusal.DAMAGED),
    _("pages in a circle", files.pdf_page_loop, Refusal.DAMAGED),
    _("pages that double thirty times", tree_that_doubles, Refusal.DAMAGED),
    _("pages five hundred deep", tree_as_deep, Refusal.DAMAGED),
    _("nested twenty thousand deep", files.pdf_deep_nesting, Refusal.DAMAGED),
    # too much
    _("201 pages", lambda: files.pdf(pages=201), Refusal.TOO_MANY_PAGES),
    _("300 pages that say one", tree_that_lies, Refusal.TOO_MANY_PAGES),
    _("page that unpacks for ever", lambda: packed(files.deflated_zeros(900)), Refusal.BOMB),
    _("object stream bomb", files.pdf_object_stream_bomb, Refusal.BOMB),
    _("ten bombs, each within bounds", many_bombs, Refusal.BOMB),
    _(
        "packed twice",
        lambda: packed(
            zlib.compress(files.deflated_zeros(100)), filters=b"[/FlateDecode /FlateDecode]"
        ),
        Refusal.BOMB,
    ),
    _(
        "object stream bomb in letters",
        lambda: files.pdf_object_stream_bomb(is_spelled_out=True),
        Refusal.DAMAGED,  # nothing is left to find its pages with
    ),
    _(
        "picture of ten thousand megapixels",
        lambda: with_picture(100_000, 100_000),
        Refusal.TOO_LARGE_PICTURE,
    ),
]
# Found by the virus scanner, and by nothing else of ours.
INFECTED = Specimen(
    "virus in a PDF",
    "payslip.pdf",
    lambda: files.pdf().replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF"),
    Refusal.VIRUS,
)

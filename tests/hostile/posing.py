"""What poses as a paper by its name: web pages, programs, office files, archives, films."""

import gzip
import io
import tarfile
import zipfile

from PIL import Image

from appeals.evidence.refusals import Refusal
from tests.appeals import files
from tests.hostile.specimen import Specimen

PAGE = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(2)</script></svg>"
DECLARED = b"<?xml version='1.0' encoding='utf-8'?>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PROGRAM = b"MZ\x90\0" + b"\0" * 60 + b"This program cannot be run in DOS mode." + b"\0" * 200


def zipped(*names: str, body: bytes = b"<x/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            # A fixed date: the same bytes every time.
            archive.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("zeros"), b"\0" * 20_000_000, zipfile.ZIP_DEFLATED)
    return zipped("1.zip", "2.zip", "3.zip", body=out.getvalue())


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        inside = tarfile.TarInfo("../../etc/passwd")
        inside.size = 4
        archive.addfile(inside, io.BytesIO(b"root"))
    return out.getvalue()


def gif(frames: int = 1) -> bytes:
    pictures = [Image.new("P", (8, 8), number % 200) for number in range(frames)]
    more = {"save_all": True, "append_images": pictures[1:]} if frames > 1 else {}
    return files.saved(pictures[0], "GIF", **more)


def box(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" + brand + b"mp42" + b"\0" * 100


def _(name: str, file_name: str, content: bytes, refusal: Refusal) -> Specimen:
    return Specimen(name, file_name, lambda: content, refusal)


SPECIMENS = [
    # nothing, or next to nothing
    _("zero bytes", "payslip.pdf", b"", Refusal.EMPTY),
    _("one byte", "payslip.pdf", b"%", Refusal.TYPE),
    _("zeros only", "photo.jpg", b"\0" * 4096, Refusal.DAMAGED),
    _("text only", "payslip.pdf", b"I earn a lot. Believe me.\n", Refusal.TYPE),
    _("EICAR as a text", "eicar.pdf", EICAR, Refusal.TYPE),
    _("a mail", "payslip.pdf", b"From: me@x.example\r\nSubject: payslip\r\n\r\nHi", Refusal.TYPE),
    _("PostScript", "scan.pdf", b"%!PS-Adobe-3.0\n(/etc/passwd) run\n", Refusal.TYPE),
    _("a PDF that begins late", "late.pdf", b"x" * 100 + files.pdf(), Refusal.TYPE),
    _("a JPEG in base64", "photo.jpg", b"data:image/jpeg;base64,/9j/4AAQSkZJRg==", Refusal.TYPE),
    # web pages
    _("HTML as a JPEG", "photo.jpg", PAGE, Refusal.WEB_PAGE),
    _("HTML behind white space", "photo.png", b"\r\n \t" + PAGE, Refusal.WEB_PAGE),
    _("HTML behind a mark", "photo.png", b"\xef\xbb\xbf" + PAGE, Refusal.WEB_PAGE),
    _("HTML in UTF-16", "photo.png", PAGE.decode().encode("utf-16"), Refusal.WEB_PAGE),
    _(
        "HTML in UTF-16 without a mark",
        "a.png",
        PAGE.decode().encode("utf-16-le"),
        Refusal.WEB_PAGE,
    ),
    _("HTML behind a comment", "photo.webp", b"<!-- photo -->" + PAGE, Refusal.WEB_PAGE),
    _("HTML before a PDF", "page.pdf", PAGE + files.pdf(), Refusal.WEB_PAGE),
    _("SVG with a script", "photo.png", SVG, Refusal.WEB_PAGE),
    _("SVG that declares itself", "photo.jpg", DECLARED + SVG, Refusal.WEB_PAGE),
    _("XML with entities", "a.pdf", DECLARED + b"<!DOCTYPE a [<!ENTITY x 'x'>]>", Refusal.WEB_PAGE),
    _("SVG, packed", "photo.svgz", gzip.compress(SVG, mtime=0), Refusal.ARCHIVE),
    # office files
    _("Word", "payslip.pdf", zipped("[Content_Types].xml", "word/document.xml"), Refusal.OFFICE),
    _("Excel", "payslip.pdf", zipped("[Content_Types].xml", "xl/workbook.xml"), Refusal.OFFICE),
    _("OpenDocument", "a.pdf", zipped("mimetypeapplication/vnd.oasis"), Refusal.OFFICE),
    _("old Word", "payslip.doc", OLE + b"W\0o\0r\0d\0", Refusal.OFFICE),
    _("RTF", "payslip.pdf", b"{\\rtf1{\\object\\objdata 0105}}", Refusal.OFFICE),
    _(
        "Word with macros",
        "payslip.docm",
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        Refusal.MACROS,
    ),
    _(
        "Word with macros, called a PDF",
        "payslip.pdf",
        zipped("word/vbaProject.bin", "[Content_Types].xml"),
        Refusal.MACROS,
    ),
    _(
        "Excel with macros",
        "sheet.xlsm",
        zipped("[Content_Types].xml", "xl/vbaProject.bin"),
        Refusal.MACROS,
    ),
    _(
        "Excel with macros of 1992",
        "sheet.xlsx",
        zipped("[Content_Types].xml", "xl/macrosheets/sheet1.xml"),
        Refusal.MACROS,
    ),
    _(
        "old Excel with macros",
        "sheet.xls",
        OLE + "_VBA_PROJECT".encode("utf-16-le") + b"\0" * 64,
        Refusal.MACROS,
    ),
    # archives
    _("ZIP", "papers.pdf", zipped("payslip.html", body=PAGE), Refusal.ARCHIVE),
    _("ZIP that climbs", "papers.pdf", zipped("../../../etc/cron.d/x"), Refusal.ARCHIVE),
    Specimen("ZIP bomb", "papers.pdf", zip_bomb, Refusal.ARCHIVE),
    Specimen("tar", "papers.pdf", tar, Refusal.ARCHIVE),
    _("gzip", "papers.pdf", gzip.compress(b"\0" * 1_000_000, mtime=0), Refusal.ARCHIVE),
    _("RAR", "papers.pdf", b"Rar!\x1a\x07\x01\0" + b"\0" * 64, Refusal.ARCHIVE),
    _("7-Zip", "papers.pdf", b"7z\xbc\xaf\x27\x1c\0\x04" + b"\0" * 64, Refusal.ARCHIVE),
    # programs
    _("Windows program", "payslip.pdf.exe", PROGRAM, Refusal.PROGRAM),
    _("Windows program before a PDF", "payslip.pdf", PROGRAM + files.pdf(), Refusal.PROGRAM),
    _("Linux program", "photo.jpg", b"\x7fELF\x02\x01\x01" + b"\0" * 64, Refusal.PROGRAM),
    _("Mac program", "photo.jpg", b"\xcf\xfa\xed\xfe\x07\0\0\x01" + b"\0" * 64, Refusal.PROGRAM),
    _("Java class", "photo.jpg", b"\xca\xfe\xba\xbe\0\0\0\x34" + b"\0" * 64, Refusal.PROGRAM),
    _("Java archive", "photo.jpg", zipped("META-INF/MANIFEST.MF", "A.class"), Refusal.PROGRAM),
    _("Android app", "a.pdf", zipped("AndroidManifest.xml", "classes.dex"), Refusal.PROGRAM),
    _("shell script", "payslip.pdf", b"#!/bin/sh\nrm -rf /\n", Refusal.PROGRAM),
    _("PHP", "photo.php.jpg", b"<?php system($_GET['c']); ?>", Refusal.PROGRAM),
    _("Windows shortcut", "a.pdf.lnk", b"L\0\0\0\x01\x14\x02\0" + b"\0" * 64, Refusal.PROGRAM),
    # pictures and films we do not take
    _("GIF", "photo.jpg", gif(), Refusal.OTHER_PICTURE),
    Specimen("GIF of 500 frames", "photo.jpg", lambda: gif(500), Refusal.OTHER_PICTURE),
    _("GIFAR", "photo.gif", gif() + zipped("META-INF/MANIFEST.MF"), Refusal.OTHER_PICTURE),
    _("GIF that is a PDF", "a.pdf", b"GIF89a" + files.pdf(), Refusal.OTHER_PICTURE),
    _("BMP", "photo.jpg", files.saved(files.picture(), "BMP"), Refusal.OTHER_PICTURE),
    _("TIFF", "scan.jpg", files.saved(files.picture(), "TIFF"), Refusal.OTHER_PICTURE),
    _("icon", "photo.png", b"\0\0\x01\0\x01\0" + b"\0" * 64, Refusal.OTHER_PICTURE),
    _("Photoshop", "photo.jpg", b"8BPS\0\x01" + b"\0" * 64, Refusal.OTHER_PICTURE),
    _("AVIF", "photo.heic", files.avif_head(), Refusal.OTHER_PICTURE),
    _("JPEG 2000", "photo.jpg", b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 64, Refusal.OTHER_PICTURE),
    _("MP4", "photo.heic", box(b"isom"), Refusal.FILM),
    _("QuickTime", "IMG_0001.HEIC", box(b"qt  "), Refusal.FILM),
    _("MP3", "payslip.pdf", b"ID3\x04\0\0\0\0\0\0" + b"\0" * 64, Refusal.FILM),
    _("AVI", "photo.webp", b"RIFF\x40\0\0\0AVI LIST" + b"\0" * 64, Refusal.FILM),
]

"""Tables that leave as files, row by row: CSV and XLSX with no cell that a spreadsheet takes for a formula, JSON Lines.

An XLSX file here is one sheet of texts: a formula can't stand in it. It is written into a temporary file, because its
format wants the sheet's end before its beginning can be read.
"""

import csv
import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO
from xml.sax.saxutils import escape

from django.utils import translation

from huiyin.kernel.text import harmless

CSV = "text/csv; charset=utf-8"
JSONL = "application/jsonl; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 64 * 1024
CELL_MOST = 32_767
"""Characters that a spreadsheet takes in one cell."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}
_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_HEAD = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView '
    'workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><cols>{cols}</cols>'
    "<sheetData>"
)


class _Line:
    """Gives csv.writer's text back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def in_this_language(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same chunks, made in the language of now: a file that is streamed is made after the request's has ended."""
    language = translation.get_language()

    def made() -> Iterator[bytes]:
        steps = iter(chunks)
        while True:
            with translation.override(language):
                chunk = next(steps, None)
            if chunk is None:
                return
            yield chunk

    return made()


def as_csv(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8 with the mark that spreadsheets know it by."""
    writer = csv.writer(_Line())
    lead = "\ufeff"
    for row in rows:
        yield (lead + str(writer.writerow([harmless(str(cell)) for cell in row]))).encode()
        lead = ""


def as_jsonl(rows: Iterable[Sequence[object]], keys: Sequence[str]) -> Iterator[bytes]:
    """The rows as an object each, under names for programs instead of the first row's words. A row of one cell among
    wider ones, which says that the rest was left out, is `left_out`.
    """
    for at, row in enumerate(rows):
        if at:
            names = ("left_out",) if len(row) == 1 < len(keys) else keys
            yield (json.dumps(dict(zip(names, map(str, row), strict=True)), ensure_ascii=False) + "\n").encode()


def as_xlsx(rows: Iterable[Sequence[object]], *, name: str, widths: Sequence[int]) -> Iterator[bytes]:
    """The rows as a workbook of one sheet, the first row held in sight; `widths` in characters."""
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
            for part, text in (_PARTS | {"xl/workbook.xml": _BOOK.format(name=_xml(name)[:31])}).items():
                book.writestr(part, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
            with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
                _write_sheet(sheet, rows, widths)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _write_sheet(sheet: IO[bytes], rows: Iterable[Sequence[object]], widths: Sequence[int]) -> None:
    cols = "".join(f'<col min="{n}" max="{n}" width="{wide}" customWidth="1"/>' for n, wide in enumerate(widths, 1))
    sheet.write(_HEAD.format(cols=cols).encode())
    for row in rows:
        cells = "".join(f'<c t="inlineStr"><is><t xml:space="preserve">{_cell(one)}</t></is></c>' for one in row)
        sheet.write(f"<row>{cells}</row>".encode())
    sheet.write(b"</sheetData></worksheet>")


def _cell(value: object) -> str:
    return _xml(harmless(str(value)))


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text)[:CELL_MOST], {'"': "&quot;"})

"""Reading a table somebody sent, CSV or XLSX, as rows of text. What can't be read is refused in words that help.

A spreadsheet is a packed folder that may unpack to more than the machine holds, or claim a cell at its far corner. It
is measured before the library, which takes a whole sheet into memory, opens it.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - an exception under a lower-case name

from django.utils.translation import gettext_lazy as _

from huiyin.cases.services.records import records_of
from huiyin.kernel.errors import BadInput

PACKED, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a spreadsheet of today begins, and one that is of the last century or encrypted."""
UNPACKED_MOST = 1024**3
CELLS_MOST = 50_000_000
RECORDS = {".json", ".xml"}
REFERENCE = re.compile(rb"""\br\s{0,4}=\s{0,4}["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
"""In any part of the folder: which one is a sheet, the folder itself says."""
ROW, CELL = re.compile(rb"<(?:\w{1,16}:)?row\b"), re.compile(rb"<(?:\w{1,16}:)?c[\s/>]")
"""A cell without a reference stands beside the one before it."""
OVERLAP = 24
"""A reference cut in two by the end of a piece is found in the next one."""

type Rows = Iterator[dict[str, str]]


@contextmanager
def rows_of(
    path: Path, encoding: str, *, whole: bool = False, cells: int | None = None, unpacked: int | None = None
) -> Iterator[tuple[list[str], Rows]]:  # fmt: skip
    """The header of a file, and its rows as text, one after the other. Records of programs are known by their ending,
    CSV and XLSX by what they are.

    `whole`: nothing of it is taken in where a quotation mark has no partner, which makes one cell of all that follows.
    `cells`, `unpacked`: how large a spreadsheet may be, where that is less than usual.

    Raises BadInput for a file that can't be read, also while the rows are being taken.
    """
    with path.open("rb") as stream:
        begin = stream.read(4)
    if begin == OLD:
        raise BadInput(what=_("这是旧版表格，或加了密码。请去掉密码，另存为XLSX或CSV。"))
    if path.suffix.lower() in RECORDS:
        yield records_of(path)
        return
    if begin == PACKED or path.suffix.lower() == ".xlsx":
        yield _sheet(path, cells or CELLS_MOST, unpacked or UNPACKED_MOST)
        return
    try:
        stream_of_text = path.open(encoding=encoding, newline="", errors="strict")
    except LookupError as error:
        raise BadInput(what=_("没有名为%(encoding)s的编码，请改正映射文件。") % {"encoding": encoding}) from error
    with stream_of_text:
        lines = csv.reader(stream_of_text, strict=whole)
        with _readable(encoding, whole=whole):
            header = next(lines, [])
        yield header, _lines(header, lines, encoding, whole=whole)


def _lines(header: list[str], lines: Iterator[list[str]], encoding: str, *, whole: bool) -> Rows:
    with _readable(encoding, whole=whole):
        for line in lines:
            if line:
                yield dict(zip(header, (cell.replace("\x00", "") for cell in line), strict=False))


@contextmanager
def _readable(encoding: str, *, whole: bool) -> Iterator[None]:
    later = _("什么都没有写入。") if whole else _("已读完的批次已导入，改正后可以再次导入。")
    try:
        yield
    except UnicodeError as error:
        what = _("这个文件不是%(encoding)s编码。%(later)s") % {"encoding": encoding, "later": later}
        do = _("请另存为该编码的CSV，或在映射文件的 encoding 中写明其编码（如 gb18030、utf-16）。")
        raise BadInput(code="wrong_encoding", what=f"{what}{do}") from error
    except csv.Error as error:
        if whole:
            raise BadInput(what=_("引号没有成对，什么都没有写入。")) from error
        what = _("这个文件读到一半出错：%(error)s。%(later)s") % {"error": error, "later": later}
        raise BadInput(what=what) from error


def _sheet(path: Path, cells: int, unpacked: int) -> tuple[list[str], Rows]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - compiled; only some imports need it

    try:
        _measure(path, cells, unpacked)
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
    except (CalamineError, BadZipFile, ZlibError, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise BadInput(what=_("这个表格打不开：%(error)s。请另存为XLSX或CSV。") % {"error": error}) from error
    header = [_cell(cell).strip() for cell in next(rows, [])]
    return header, (dict(zip(header, map(_cell, row), strict=False)) for row in rows)


def _cell(cell: object) -> str:
    """A spreadsheet's number 1.0 was typed as 1."""
    typed = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    return str(typed).replace("\x00", "")


def _measure(path: Path, cells_most: int, unpacked_most: int) -> None:
    """Unpack a spreadsheet to nowhere. BadInput if it is larger than can be read, unpacked or in cells."""
    unpacked = 0
    with ZipFile(path) as folder:
        for entry in folder.infolist():
            rows, columns, begun, in_row, rest = 0, 0, 0, 0, b""
            with folder.open(entry) as stream:
                while piece := stream.read(1024 * 1024):
                    unpacked += len(piece)
                    found = REFERENCE.findall(rest + piece)
                    rows = max(rows, *(int(row) for _column, row in found), 0)
                    columns = max(columns, *map(_position, {column.upper() for column, _row in found}), 0)
                    rest = piece[-OVERLAP:]
                    for place, part in enumerate(ROW.split(piece)):
                        begun += place > 0
                        in_row = len(CELL.findall(part)) + (in_row if place == 0 else 0)
                        columns = max(columns, in_row)
                    rows = max(rows, begun)
                    if unpacked > unpacked_most or rows * columns > cells_most:
                        raise BadInput(what=_("这个表格过大，没有读取。请删去空行空列，或分成几个文件，另存为CSV。"))


def _position(letters: bytes) -> int:
    """A column's number: A is 1, XFD 16384; no letters 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

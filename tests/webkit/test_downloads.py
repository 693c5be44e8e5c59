"""A table that leaves: the same in every form, as readers that nobody here wrote read it."""

import csv
import io
import json

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from huiyin.kernel.errors import BadInput
from huiyin.webkit.downloads import FORMS, table_file

KEYS = ("number", "title", "days")
ROWS: list[list[object]] = [
    ["编号", "标题", "天数"],
    ["210923-000001-8", "路灯坏了，\n“三天”没人修; a,b\t<&> 🚦", 3],
    ["210923-000002-6", "", 0],
]
CUT: list[object] = ["只导出了前2件，后面还有：请先筛选，分几次导出。"]


def read(form: str, rows: list[list[object]]) -> tuple[str, bytes]:
    """The name of the file, and what is in it."""
    made = table_file(form, title="清单", file="list", rows=iter(rows), keys=KEYS)
    assert made["Content-Type"] == FORMS[form]
    return made["Content-Disposition"], b"".join(made.streaming_content)  # type: ignore[arg-type]


def test_every_form_says_the_same() -> None:
    texts = [[str(cell) for cell in row] for row in ROWS]

    name, data = read("csv", ROWS)
    assert name == 'attachment; filename="list.csv"'
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == texts
    book = read("xlsx", ROWS)[1]
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    assert [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)] == texts
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python() == texts
    lines = [json.loads(line) for line in read("jsonl", ROWS)[1].decode().splitlines()]
    assert lines == [dict(zip(KEYS, row, strict=True)) for row in texts[1:]]


def test_that_the_rest_was_left_out_is_said_in_every_form() -> None:
    rows = [*ROWS, CUT]

    assert read("csv", rows)[1].decode().splitlines()[-1] == CUT[0]
    assert json.loads(read("jsonl", rows)[1].decode().splitlines()[-1]) == {"left_out": CUT[0]}
    sheet = openpyxl.load_workbook(io.BytesIO(read("xlsx", rows)[1])).active
    assert sheet is not None
    assert sheet.cell(row=4, column=1).value == CUT[0]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula_for_a_spreadsheet(cell: str) -> None:
    rows: list[list[object]] = [ROWS[0], ["1", cell, 1]]

    (_head, line) = csv.reader(io.StringIO(read("csv", rows)[1].decode("utf-8-sig"), newline=""))
    assert line[1][0] not in "=+-@\t\r"
    sheet = openpyxl.load_workbook(io.BytesIO(read("xlsx", rows)[1])).active
    assert sheet is not None
    assert sheet.cell(row=2, column=2).data_type == "s"
    assert json.loads(read("jsonl", rows)[1])["title"] == cell


def test_a_form_that_there_is_not_is_refused() -> None:
    with pytest.raises(BadInput):
        table_file("ods", title="", file="x", rows=[], keys=())

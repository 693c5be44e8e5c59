"""Tables that aren't what they should be: refused in words that say what to do, and nothing of them comes in."""

import csv
import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from huiyin.cases.models import Case, Category
from huiyin.cases.services import tables
from huiyin.cases.services.bring_in import FileMapping, Refused, Report, bring_in, load_mapping
from huiyin.kernel.errors import BadInput, ConfigError, HuiyinError
from huiyin.org.models import Unit
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

MAPPING = """
name: trial
title: {zh: 试验, en: Trial}
origin: trial
key: ref
body: content
unit: unit
received: {column: date}
"""
HEADER = ["ref", "content", "unit", "date"]
ROW = ["A1", "投诉公交车不停靠", "交通局", "2021-03-01"]


def mapping(folder: Path, more: str = "") -> FileMapping:
    (folder / "trial.yaml").write_text(MAPPING + more, encoding="utf-8")
    return load_mapping(folder / "trial.yaml")


def as_text(*rows: list[str], header: list[str] = HEADER) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue()


def put(folder: Path, data: bytes, name: str = "trial.csv") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def workbook(*rows: list[Any]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in [HEADER, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, **changed: bytes) -> bytes:
    """The workbook with some of its parts replaced, named by the last part of their name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, changed.get(Path(entry).stem, old.read(entry)))
    return out.getvalue()


def sheet_of(cells: bytes, before: bytes = b"") -> bytes:
    begin = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return b'<?xml version="1.0"?>' + before + begin + cells + b"</sheetData></worksheet>"


def nothing_came_in() -> bool:
    return not (Case.objects.exists() or Category.objects.exists() or Unit.objects.filter(confirmed=False).exists())


def refused(path: Path, chosen: FileMapping) -> HuiyinError:
    with pytest.raises(HuiyinError) as caught:
        bring_in(path, chosen)
    assert nothing_came_in()
    return caught.value


def refusals(report: Report) -> list[tuple[int, str]]:
    return [(one.row, one.column) for one in report.refusals]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (as_text(ROW).encode("gb18030"), "utf-8-sig"),
        (as_text(ROW).encode("utf-16"), "utf-8-sig"),
        (as_text(ROW).encode("utf-16-le"), "utf-16"),
        (b"\xff\xfe", "utf-8-sig"),
        (b"\xff\xfe\x00", "utf-16"),
        (as_text(ROW).encode()[:-9], "ascii"),
        (as_text(ROW).encode()[:42], "utf-8-sig"),
    ],
)
def test_a_file_in_another_encoding_is_refused_with_the_expected_one(
    hotline: SmallCity, tmp_path: Path, data: bytes, encoding: str
) -> None:
    error = refused(put(tmp_path, data), mapping(tmp_path, f"encoding: {encoding}"))

    assert isinstance(error, BadInput)
    assert error.code == "wrong_encoding"
    assert encoding in str(error)
    assert "gb18030" in str(error)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16", "utf-16-le", "big5"])
def test_a_file_is_read_in_the_encoding_that_its_mapping_names(
    hotline: SmallCity, tmp_path: Path, encoding: str
) -> None:
    row = ["A1", "公交不停", "", "2021-03-01"]

    report = bring_in(put(tmp_path, as_text(row).encode(encoding)), mapping(tmp_path, f"encoding: {encoding}"))

    assert (report.accepted, report.refused) == (1, 0)
    assert Case.objects.get().title == "公交不停"


def test_an_encoding_nobody_knows_is_a_fault_of_the_mapping(hotline: SmallCity, tmp_path: Path) -> None:
    assert "klingon" in str(refused(put(tmp_path, as_text(ROW).encode()), mapping(tmp_path, "encoding: klingon")))


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00\x00\x00\x00", b"\xef\xbb\xbf", b"ref;content;unit;date\n"])
def test_a_file_without_the_columns_is_refused(hotline: SmallCity, tmp_path: Path, data: bytes) -> None:
    error = refused(put(tmp_path, data), mapping(tmp_path))

    assert (type(error), error.code) == (ConfigError, "columns_missing")


def test_a_million_columns_are_refused_in_a_few_words(hotline: SmallCity, tmp_path: Path) -> None:
    data = ",".join(f"c{n}" for n in range(1_000_000)).encode()

    error = refused(put(tmp_path, data), mapping(tmp_path))

    assert error.code == "columns_missing"
    assert len(str(error)) < 500


def test_a_column_named_twice_is_refused_rather_than_guessed(hotline: SmallCity, tmp_path: Path) -> None:
    data = as_text([*ROW, "投诉"], header=[*HEADER, "content"]).encode()

    error = refused(put(tmp_path, data), mapping(tmp_path))

    assert (type(error), error.code) == (ConfigError, "columns_twice")
    assert "content" in str(error)


def test_a_cell_beyond_all_measure_is_refused(hotline: SmallCity, tmp_path: Path) -> None:
    data = as_text(["A1", "长" * 200_000, "", "2021-03-01"]).encode()

    assert isinstance(refused(put(tmp_path, data), mapping(tmp_path)), BadInput)


def test_an_over_long_text_is_refused_alone(hotline: SmallCity, tmp_path: Path) -> None:
    data = as_text(["A1", "长" * 10_001, "", "2021-03-01"], ["A2", "长" * 10_000, "", "2021-03-01"]).encode()

    report = bring_in(put(tmp_path, data), mapping(tmp_path))

    assert refusals(report) == [(2, "content")]
    assert Case.objects.get().origin_key == "A2"


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "1949-09-30", "2200-01-02", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_day_that_can_not_be_is_refused_alone(hotline: SmallCity, tmp_path: Path, day: str, zone: str) -> None:
    chosen = mapping(tmp_path)
    chosen = chosen.model_copy(update={"received": chosen.received.model_copy(update={"zone": zone})})
    data = as_text(["A1", "很久以前", "", day], ["A2", "刚才", "", "2021-03-01"]).encode()

    report = bring_in(put(tmp_path, data), chosen)

    assert refusals(report) == [(2, "date")]
    assert Case.objects.get().origin_key == "A2"


def test_nul_and_turning_marks_do_not_come_in(hotline: SmallCity, tmp_path: Path) -> None:
    row = ["A\x001", "路灯\u202e坏了\x00", "交通\x00局", "2021-03-01"]

    report = bring_in(put(tmp_path, as_text(row).encode()), mapping(tmp_path))

    case = Case.objects.get()
    assert report.accepted == 1
    assert (case.origin_key, case.title) == ("A1", "路灯坏了")


def test_what_a_table_is_decides_not_what_it_is_called(hotline: SmallCity, tmp_path: Path) -> None:
    assert bring_in(put(tmp_path, workbook(list(ROW)), "trial.csv"), mapping(tmp_path)).accepted == 1


@pytest.mark.parametrize("name", ["trial.xlsx", "trial.csv"])
@pytest.mark.parametrize(
    "data",
    [
        workbook(list(ROW))[:2000],
        workbook(list(ROW))[:-30],
        b"PK\x03\x04" + bytes(100),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
        repacked(workbook(list(ROW)), sheet1=b"<worksheet><sheetData><row><c>"),
        repacked(workbook(list(ROW)), workbook=b"not a workbook"),
    ],
    ids=["cut short", "without its end", "no folder", "old or encrypted", "broken sheet", "broken book"],
)
def test_a_broken_workbook_is_refused(hotline: SmallCity, tmp_path: Path, data: bytes, name: str) -> None:
    assert isinstance(refused(put(tmp_path, data, name), mapping(tmp_path)), (BadInput, ConfigError))


def test_an_empty_file_called_a_workbook_is_refused(hotline: SmallCity, tmp_path: Path) -> None:
    assert isinstance(refused(put(tmp_path, b"", "trial.xlsx"), mapping(tmp_path)), BadInput)


def test_a_text_called_a_workbook_is_refused(hotline: SmallCity, tmp_path: Path) -> None:
    assert isinstance(refused(put(tmp_path, as_text(ROW).encode(), "trial.xlsx"), mapping(tmp_path)), BadInput)


def test_a_workbook_that_unpacks_without_end_is_refused(
    hotline: SmallCity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "UNPACKED_MOST", 4 * 1024 * 1024)
    bomb = repacked(workbook(list(ROW)), styles=bytes(5 * 1024 * 1024))
    assert len(bomb) < 20_000

    assert "过大" in str(refused(put(tmp_path, bomb, "trial.xlsx"), mapping(tmp_path)))


def test_a_workbook_that_lies_about_its_size_is_refused(hotline: SmallCity, tmp_path: Path) -> None:
    honest = repacked(workbook(list(ROW)), styles=bytes(5 * 1024 * 1024))
    lying = honest.replace(struct.pack("<L", 5 * 1024 * 1024), struct.pack("<L", 100))
    assert lying != honest

    assert isinstance(refused(put(tmp_path, lying, "trial.xlsx"), mapping(tmp_path)), BadInput)


def test_a_workbook_with_a_cell_at_its_far_corner_is_refused(hotline: SmallCity, tmp_path: Path) -> None:
    corner = sheet_of(b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')

    far = repacked(workbook(list(ROW)), sheet1=corner)

    assert "过大" in str(refused(put(tmp_path, far, "trial.xlsx"), mapping(tmp_path)))


def test_a_workbook_reads_no_file_that_it_names(hotline: SmallCity, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("秘密", encoding="utf-8")
    entity = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file://%b/secret">]>' % str(tmp_path).encode()

    def cell(at: str, text: bytes) -> bytes:
        return b'<c r="%b" t="inlineStr"><is><t>%b</t></is></c>' % (at.encode(), text)

    head = b"".join(cell(f"{letter}1", name.encode()) for letter, name in zip("ABCD", HEADER, strict=True))
    body = cell("A2", b"A1") + cell("B2", b"&x;") + cell("D2", b"2021-03-01")
    data = repacked(
        workbook(list(ROW)), sheet1=sheet_of(b'<row r="1">' + head + b'</row><row r="2">' + body + b"</row>", entity)
    )

    try:
        bring_in(put(tmp_path, data, "trial.xlsx"), mapping(tmp_path))
    except BadInput:
        assert nothing_came_in()
    assert not Case.objects.filter(title__contains="秘密").exists()


def test_the_report_repeats_only_the_beginning_of_what_was_refused(hotline: SmallCity, tmp_path: Path) -> None:
    data = as_text(["A" * 5000, "投诉", "", "2021-03-01"]).encode()

    [refusal] = bring_in(put(tmp_path, data), mapping(tmp_path)).refusals

    assert refusal == Refused(2, "ref", "每行须有不超过80字的编号。", "A" * 40)

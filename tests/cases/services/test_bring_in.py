"""Importing files of matters: what is taken, what is refused and why, and that nothing comes in twice."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from huiyin.cases.models import Case, Category, Event
from huiyin.cases.services.bring_in import FileMapping, Report, bring_in, load_mapping
from huiyin.kernel.errors import BadInput, ConfigError
from huiyin.org.models import Unit
from huiyin.org.reference import org
from tests.factories.cases import history, look, on_the_wall, running, sound
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

MAPPING = """
name: trial
title: {zh: 试验, en: Trial}
origin: trial
key: ref
body: content
unit: unit
units_are_ours: true
category: {scheme: trial, columns: [cat1, cat2]}
address: [town, street]
received: {column: date}
channel: phone
kind:
  column: content
  contains: {consult: [咨询], complaint: [投诉]}
  default: other
lifecycle: {column: status, contains: {historic: [已办结], open: [在办]}, default: historic}
"""
HEADER = ["ref", "content", "unit", "cat1", "cat2", "town", "street", "date", "status"]
ROWS = [
    ["A1", "投诉公交车不停靠", "界首市交通运输局", "交通", "公交", "任寨镇", "人民路", "2021-03-01", "已办结"],
    ["A2", "咨询公交卡怎么办", "交通局", "交通", "公交", "", "", "2021-03-01 08:30:00", "已办结"],
    ["A3", "路灯不亮", "神秘办", "市政", "", "", "", "2021-03-02", "在办"],
]


@pytest.fixture
def mapping(tmp_path: Path) -> FileMapping:
    return mapping_of(tmp_path, MAPPING)


def mapping_of(folder: Path, text: str) -> FileMapping:
    (folder / "trial.yaml").write_text(text, encoding="utf-8")
    return load_mapping(folder / "trial.yaml")


def as_csv(folder: Path, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    file = folder / "trial.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return file


def as_xlsx(folder: Path, rows: list[list[str]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEADER, *rows]:
        sheet.append(row)
    book.save(folder / "trial.xlsx")
    return folder / "trial.xlsx"


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.read, report.accepted, report.unchanged, report.refused


def many(number: int) -> list[list[str]]:
    return [
        [f"B{n}", f"投诉第{n}盏路灯", "住建局", "市政", "路灯", "", "", "2021-03-01", "已办结"] for n in range(number)
    ]


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_every_row_comes_in_as_it_says(
    hotline: SmallCity, tmp_path: Path, mapping: FileMapping, write: Callable[[Path, list[list[str]]], Path]
) -> None:
    assert counts(bring_in(write(tmp_path, ROWS), mapping)) == (3, 3, 0, 0)

    one, two, three = Case.objects.order_by("origin_key")
    assert [(c.kind, c.procedure.split("@")[0], c.state) for c in (one, two, three)] == [
        ("complaint", "hotline", "archived"),
        ("consult", "consult", "archived"),
        ("other", "hotline", "received"),
    ]
    assert (one.title, one.address, one.channel, one.origin) == ("投诉公交车不停靠", "任寨镇 人民路", "phone", "trial")
    assert (one.category and one.category.path, three.category and three.category.path) == ("交通 › 公交", "市政")
    assert [on_the_wall(c.received_at) for c in (one, two)] == ["2021-03-01 00:00", "2021-03-01 08:30"]
    assert one.number.startswith("210301-")
    assert (one.lead_unit_id, two.lead_unit_id, three.lead_unit_id) == ("transport", "transport", None)
    assert [sound(c.number) for c in (one, two, three)] == [[], [], []]


def test_history_owes_nothing_and_open_matters_start_their_clocks(
    hotline: SmallCity, tmp_path: Path, mapping: FileMapping
) -> None:
    bring_in(as_csv(tmp_path, ROWS), mapping)

    historic, live = look(Case.objects.get(origin_key="A1").number), look(Case.objects.get(origin_key="A3").number)
    assert (running(historic), historic.case.wake_at, historic.case.outcome) == (set(), None, "historic")
    assert [(o.unit_id, o.role, o.status) for o in historic.orders] == [("transport", "lead", "done")]
    assert running(live) == {"acceptance"}
    assert (on_the_wall(live.case.due_at), live.orders) == ("2021-03-03 00:00", [])
    [event] = history(historic.case.number)
    assert (event.kind, event.actor, event.source) == ("import_historic", "system:import", "import")
    assert on_the_wall(event.occurred_at) == "2021-03-01 00:00"
    assert on_the_wall(event.recorded_at) == "2021-03-02 09:30"


def test_an_unknown_unit_comes_in_unconfirmed_and_once(
    hotline: SmallCity, tmp_path: Path, mapping: FileMapping
) -> None:
    rows = [[*row[:2], "神秘办", *row[3:8], "已办结"] for row in ROWS]

    bring_in(as_csv(tmp_path, rows), mapping)

    [unit] = Unit.objects.filter(confirmed=False)
    assert (unit.source, org().name_of(unit.code)) == ("trial", "神秘办")
    assert set(Case.objects.values_list("lead_unit", flat=True)) == {unit.code}


def test_another_citys_unit_is_never_taken_for_ours(hotline: SmallCity, tmp_path: Path) -> None:
    theirs = mapping_of(tmp_path, MAPPING.replace("units_are_ours: true", "units_are_ours: false"))

    bring_in(as_csv(tmp_path, ROWS[:1]), theirs)

    lead = Case.objects.get().lead_unit
    assert lead is not None
    assert (lead.code == "transport", lead.confirmed) == (False, False)


def test_the_same_file_again_is_unchanged(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    file = as_csv(tmp_path, ROWS)
    bring_in(file, mapping)
    before = Event.objects.count()

    assert counts(bring_in(file, mapping)) == (3, 0, 3, 0)
    assert (Case.objects.count(), Event.objects.count()) == (3, before)


def test_a_sheet_and_a_csv_of_the_same_rows_are_the_same(
    hotline: SmallCity, tmp_path: Path, mapping: FileMapping
) -> None:
    bring_in(as_csv(tmp_path, ROWS), mapping)

    assert counts(bring_in(as_xlsx(tmp_path, ROWS), mapping)) == (3, 0, 3, 0)


@pytest.mark.parametrize(
    ("column", "value"), [(1, "投诉公交车又不停靠"), (2, "住建局"), (4, "出租"), (7, "2021-03-02")]
)
def test_changed_content_under_a_known_key_is_refused(
    hotline: SmallCity, tmp_path: Path, mapping: FileMapping, column: int, value: str
) -> None:
    bring_in(as_csv(tmp_path, ROWS), mapping)
    changed = [[*ROWS[0][:column], value, *ROWS[0][column + 1 :]], *ROWS[1:]]

    report = bring_in(as_csv(tmp_path, changed), mapping)

    assert counts(report) == (3, 0, 2, 1)
    assert [(r.row, r.column, r.value) for r in report.refusals] == [(2, "ref", "A1")]
    assert Case.objects.get(origin_key="A1").title == "投诉公交车不停靠"


def test_doubles_within_one_file(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    other = [ROWS[0][0], "投诉别的事", *ROWS[0][2:]]

    report = bring_in(as_csv(tmp_path, [ROWS[0], ROWS[0], other]), mapping)

    assert counts(report) == (3, 1, 1, 1)
    assert (report.refusals[0].row, Case.objects.count()) == (4, 1)


def test_a_faulty_row_is_refused_by_row_column_and_rule(
    hotline: SmallCity, tmp_path: Path, mapping: FileMapping
) -> None:
    rows = [
        ROWS[0],
        ["", *ROWS[1][1:]],
        ["K" * 81, *ROWS[1][1:]],
        ["A4", *ROWS[1][1:7], "三月一日", "在办"],
        ["A5", "长" * 10_001, *ROWS[1][2:]],
        ROWS[2],
    ]

    report = bring_in(as_csv(tmp_path, rows), mapping)

    assert counts(report) == (6, 2, 0, 4)
    assert [(r.row, r.column) for r in report.refusals] == [(3, "ref"), (4, "ref"), (5, "date"), (6, "content")]
    assert all(r.rule for r in report.refusals)
    assert report.refusals[2].value == "三月一日"
    assert set(Case.objects.values_list("origin_key", flat=True)) == {"A1", "A3"}


@pytest.mark.parametrize(("column", "name"), [("unit", "局" * 121), ("cat2", "类" * 81)])
def test_a_name_that_does_not_fit_is_refused_alone(
    hotline: SmallCity, tmp_path: Path, mapping: FileMapping, column: str, name: str
) -> None:
    row = list(ROWS[0])
    row[HEADER.index(column)] = name

    report = bring_in(as_csv(tmp_path, [row, ROWS[1]]), mapping)

    assert counts(report) == (2, 1, 0, 1)
    assert report.refusals[0].column == column


def test_a_row_without_content_is_refused(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    report = bring_in(as_csv(tmp_path, [["A1", " ", *ROWS[0][2:]], ROWS[1]]), mapping)

    assert counts(report) == (2, 1, 0, 1)
    assert (report.refusals[0].row, report.refusals[0].column) == (2, "content")


def test_a_dry_run_writes_nothing(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    units = Unit.objects.count()

    report = bring_in(as_csv(tmp_path, [*ROWS, ["", *ROWS[0][1:]]]), mapping, dry_run=True)

    assert counts(report) == (4, 3, 0, 1)
    assert (Case.objects.count(), Event.objects.count(), Category.objects.count()) == (0, 0, 0)
    assert Unit.objects.count() == units


class Killed(Exception):
    """The process ends here."""


def test_a_killed_import_is_simply_run_again(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    file = as_csv(tmp_path, many(1100))

    def kill(report: Report) -> None:
        raise Killed

    with pytest.raises(Killed):
        bring_in(file, mapping, progress=kill)
    assert Case.objects.count() == 1000

    assert counts(bring_in(file, mapping)) == (1100, 100, 1000, 0)
    assert Case.objects.values("origin_key").distinct().count() == Case.objects.count() == 1100


def test_progress_is_told_after_each_chunk(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    seen: list[int] = []

    bring_in(as_csv(tmp_path, many(1001)), mapping, dry_run=True, progress=lambda report: seen.append(report.read))

    assert seen == [1000, 1001]


def test_only_the_named_rows_are_taken(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    report = bring_in(as_csv(tmp_path, ROWS), mapping, only=frozenset({"A2"}))

    assert counts(report) == (1, 1, 0, 0)
    assert Case.objects.get().origin_key == "A2"


def test_a_file_without_a_named_column_is_refused_by_its_name(
    hotline: SmallCity, tmp_path: Path, mapping: FileMapping
) -> None:
    file = as_csv(tmp_path, [row[1:] for row in ROWS], HEADER[1:])

    with pytest.raises(ConfigError) as caught:
        bring_in(file, mapping)

    assert caught.value.code == "columns_missing"
    assert "no column ref;" in str(caught.value)
    assert not Case.objects.exists()


@pytest.mark.parametrize("column", ["status", "unit", "cat2", "date"])
def test_every_column_that_the_mapping_names_must_be_there_even_without_rows(
    hotline: SmallCity, tmp_path: Path, mapping: FileMapping, column: str
) -> None:
    file = as_csv(tmp_path, [], [name for name in HEADER if name != column])

    with pytest.raises(ConfigError) as caught:
        bring_in(file, mapping)

    assert f"no column {column};" in str(caught.value)


def test_a_dry_run_finds_doubles_far_apart(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    rows = many(1100)
    rows.append(["B0", "另一盏路灯", *rows[0][2:]])
    rows.append(rows[1])

    report = bring_in(as_csv(tmp_path, rows), mapping, dry_run=True)

    assert counts(report) == (1102, 1100, 1, 1)


def test_a_broken_sheet_is_refused_in_words(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    (tmp_path / "trial.xlsx").write_bytes(b"PK\x03\x04 and no more")

    with pytest.raises(BadInput) as caught:
        bring_in(tmp_path / "trial.xlsx", mapping)

    assert "打不开" in str(caught.value)


def test_a_file_in_another_encoding_is_refused(hotline: SmallCity, tmp_path: Path, mapping: FileMapping) -> None:
    file = as_csv(tmp_path, ROWS)
    file.write_bytes(file.read_text(encoding="utf-8").encode("gb18030"))

    with pytest.raises(BadInput):
        bring_in(file, mapping)

    assert not Case.objects.exists()
    chinese = mapping_of(tmp_path, MAPPING + "encoding: gb18030\n")
    assert counts(bring_in(file, chinese)) == (3, 3, 0, 0)


def test_an_undated_row_is_taken_as_received_now_and_marked(hotline: SmallCity, tmp_path: Path) -> None:
    undated = mapping_of(tmp_path, MAPPING.replace("{column: date}", "{column: date, missing: undated}"))
    file = as_csv(tmp_path, [[*ROWS[0][:7], "", "已办结"]])

    assert counts(bring_in(file, undated)) == (1, 1, 0, 0)
    assert counts(bring_in(file, undated)) == (1, 0, 1, 0)

    case = Case.objects.get()
    assert on_the_wall(case.received_at) == "2021-03-02 09:30"
    assert '"undated":true' in history(case.number)[0].payload


@pytest.mark.parametrize(
    ("old", "new"), [("origin: trial", "colour: red"), ("key: ref", ""), ("channel: phone", "channel: dove")]
)
def test_a_faulty_mapping_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(ConfigError):
        mapping_of(tmp_path, MAPPING.replace(old, new))


def test_a_mapping_may_extend_its_neighbour(tmp_path: Path, mapping: FileMapping) -> None:
    (tmp_path / "live.yaml").write_text("extends: trial\nname: live\norigin: trial-live\n", encoding="utf-8")

    live = load_mapping(tmp_path / "live.yaml")

    assert (live.origin, live.key, live.category) == ("trial-live", "ref", mapping.category)


def test_the_first_real_orders_all_come_in(hotline: SmallCity, tmp_path: Path, data_folder: Path) -> None:
    import huiyin.hotline

    with (data_folder / "haikou12345" / "orders.csv").open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = [row for row, _ in zip(reader, range(1500), strict=False)]
    header = list(rows[0])
    file = as_csv(tmp_path, [[row[column] for column in header] for row in rows], header)
    packaged = load_mapping(Path(huiyin.hotline.__file__).parent / "mappings" / "haikou.yaml")

    assert counts(bring_in(file, packaged)) == (1500, 1500, 0, 0)

    cases = list(Case.objects.select_related("category"))
    by_unit = Counter(org().name_of(case.lead_unit_id) for case in cases if case.lead_unit_id)
    assert by_unit == Counter(row["unit"].strip() for row in rows)
    paths = (" › ".join(filter(None, (row[f"cat{n}"].strip() for n in range(1, 5)))) for row in rows)
    assert Counter(case.category.path for case in cases if case.category) == Counter(paths)
    assert {case.state for case in cases} == {"archived"}
    assert counts(bring_in(file, packaged)) == (1500, 0, 1500, 0)

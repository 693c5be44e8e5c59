"""The benches themselves. Exit 1 when an act needs more statements than its budget allows."""

import csv
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from bench.measure import Cost, backend_cpu, line, measure  # noqa: E402
from huiyin.access.tokens import issue  # noqa: E402
from huiyin.cases import echo  # noqa: E402
from huiyin.cases.models import Case, Event, Order, Passage  # noqa: E402
from huiyin.cases.services.bring_in import bring_in, load_mapping  # noqa: E402
from huiyin.cases.services.open import Opening, Requester, open_case, open_cases  # noqa: E402
from huiyin.kernel import clock  # noqa: E402
from huiyin.metrics.hotline import DEFINITIONS  # noqa: E402
from huiyin.metrics.run import Session  # noqa: E402
from huiyin.notices.models import Notice  # noqa: E402
from huiyin.people.models import Party  # noqa: E402
from huiyin.reports import facts, figures  # noqa: E402
from tests.factories.cases import publish_rules, take_in, walk  # noqa: E402
from tests.personas import SmallCity, build_city  # noqa: E402

MAPPINGS = Path(__file__).parents[1] / "src/huiyin/hotline/mappings"
IMPORT_ROWS = 3000
OPEN_ORDERS = 120
OTHER_CASES = 1000
LEAST_OF_COPY = 0.1
BUDGETS = {"create": 12, "action": 8, "list of 50": 6, "case page": 15}


def columns_of(model: type[models.Model]) -> str:
    """The table's columns, quoted and in order."""
    return ", ".join(connection.ops.quote_name(str(f.column)) for f in model._meta.concrete_fields)


def copies(model: type[models.Model], rows: str, parameters: Sequence[Any] = ()) -> tuple[str, Sequence[Any]]:
    """SQL that reads rows of a table, and the table they would go to."""
    return f"SELECT {columns_of(model)} FROM {model._meta.db_table} WHERE {rows}", parameters  # noqa: S608 - ours


def scratch(model: type[models.Model]) -> str:
    """An empty table of the same shape, indexes included where the database can copy them."""
    name, table = f"scratch_{model._meta.model_name}", model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)")
        else:
            cursor.execute(f"CREATE TABLE {name} AS SELECT * FROM {table} WHERE 0")  # noqa: S608 - ours
    return name


def bare_inserts(number: str) -> Callable[[], None]:
    """The floor of create and act: the same rows into tables of the same shape, in one transaction."""
    case = Case.objects.get(number=number)
    found: list[tuple[str, list[tuple[Any, ...]]]] = []
    for model, column, value in (
        (Party, "id", case.requester_id), (Case, "id", case.pk), (Event, "case_id", case.pk),
        (Passage, "case_id", case.pk), (Notice, "case_number", number),
    ):  # fmt: skip
        with connection.cursor() as cursor:
            value = value.hex if connection.vendor == "sqlite" and not isinstance(value, str) and value else value
            cursor.execute(*copies(model, f"{column} = %s", [value]))
            rows = cursor.fetchall()[:1]
        found.append((f"{scratch(model)} ({columns_of(model)})", rows))

    def write() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in found:
                for row in rows:
                    marks = ", ".join(["%s"] * len(row))
                    cursor.execute(f"INSERT INTO {table} VALUES ({marks})", _plain(row))  # noqa: S608 - ours
            transaction.set_rollback(True)

    return write


def _plain(row: tuple[Any, ...]) -> list[Any]:
    from psycopg.types.json import Jsonb

    return [Jsonb(value) if isinstance(value, (dict, list)) else value for value in row]


def opening(text: str = "8路公交车不停靠") -> Opening:
    return Opening(title=text, body=text * 5, requester=Requester(name="何立秋", phone="13900000001"), area="341282002")


def bench_writes(city: SmallCity) -> list[str]:
    """Create and act beside the bare inserts of their rows."""
    floor = measure("bare inserts", bare_inserts(take_in(city)))
    create = measure("create", lambda: open_case(actor=city.operator, opening=opening()))
    waiting = [walk(city, take_in(city), "accept").case.number for _ in range(60)]
    action = measure("action", lambda: walk_one(city, waiting.pop()))
    check("create", create)
    check("action", action)
    return [line(create, floor, BUDGETS["create"]), line(action, floor, BUDGETS["action"])]


def walk_one(city: SmallCity, number: str) -> None:
    from huiyin.cases.services.act import act

    act(actor=city.dispatcher, number=number, action="dispatch", given={"lead": "transport", "ground_text": "试"})


def bench_reads(city: SmallCity) -> list[str]:
    """List, case and page for a department user among many."""
    for _ in range(OPEN_ORDERS):
        number = take_in(city)
        walk(city, number, "accept", "dispatch")
    open_cases(actor=city.operator, openings=[opening(f"第{n}件") for n in range(OTHER_CASES)])
    number = walk(city, take_in(city), "accept", "dispatch", "sign", "contact_requester", "add_assist").case.number
    for _ in range(14):
        walk(city, number, "note_progress")
    api, page = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    token = {"Authorization": f"Bearer {issue(city.users['transport_clerk'], 'bench')}"}
    page.force_login(city.users["transport_clerk"])
    bare = measure("bare SELECT of the rows", lambda: bare_list("transport"))
    listed = measure("list of 50", lambda: expect(api.get("/api/v1/cases?view=open&limit=50", headers=token)))
    bare_one = measure("bare SELECTs of the case", lambda: bare_case(number))
    read = measure("read", lambda: expect(api.get(f"/api/v1/cases/{number}", headers=token)))
    shown = measure("case page", lambda: expect(page.get(f"/desk/{number}/")))
    listing = measure("worklist page", lambda: expect(page.get("/desk/?view=open")))
    check("list of 50", listed)
    check("case page", shown)
    return [
        line(listed, bare, BUDGETS["list of 50"]), line(listing, bare), line(read, bare_one),
        line(shown, bare_one, BUDGETS["case page"]),
    ]  # fmt: skip


def expect(answer: Any) -> None:
    assert answer.status_code == 200, answer.content[:200]


def bare_list(unit: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.* FROM cases_order o JOIN cases_case c ON c.id = o.case_id"
            " WHERE o.unit_id = %s AND o.is_open ORDER BY o.due_at, o.id LIMIT 50",
            [unit],
        )
        assert len(cursor.fetchall()) == 50


def bare_case(number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_case WHERE number = %s", [number])
        key = cursor.fetchone()[0]
        for table in ("cases_order", "cases_event", "cases_passage"):
            cursor.execute(f"SELECT * FROM {table} WHERE case_id = %s", [key])  # noqa: S608 - ours
            assert cursor.fetchall()


def bench_import() -> list[str]:
    """An import beside COPY (or executemany) of the finished rows into tables of the same shape."""
    file, said = import_file()
    server, began = backend_cpu(), time.process_time()
    ticked = time.perf_counter()
    report = bring_in(file, load_mapping(MAPPINGS / "haikou.yaml"))
    cost = Cost(
        "import",
        (time.process_time() - began + backend_cpu() - server) * 1000,
        (time.perf_counter() - ticked) * 1000,
        0,
    )
    assert report.accepted == report.read, report
    floor = copy_floor()
    rate = report.read / cost.cpu * 1000
    share = f"{floor.cpu / cost.cpu:.3f} of {floor.name}'s CPU rate (at least {LEAST_OF_COPY})"
    if connection.vendor == "postgresql" and floor.cpu / cost.cpu < LEAST_OF_COPY:
        broken.append(f"import: {share}")
    return [said, line(cost, floor), f"{'':28}{rate:9.0f} rows a second of CPU, {report.read} rows; {share}"]


def import_file() -> tuple[Path, str]:
    """The first rows of the real file where it is given, else as many of our own making."""
    folder, out = os.environ.get("HUIYIN_DATA", ""), Path(tempfile.mkdtemp()) / "orders.csv"
    header = ["order_no", "date", "unit", "cat1", "cat2", "cat3", "cat4", "content"]
    real = Path(folder) / "haikou12345/orders.csv"
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        if folder and real.exists():
            with real.open(encoding="utf-8-sig", newline="") as source:
                writer.writerows(islice(csv.reader(source), IMPORT_ROWS + 1))
            return out, "import: real rows"
        writer.writerow(header)
        for n in range(IMPORT_ROWS):
            row = [f"S{n}", "2018-01-02", f"第{n % 90}局", "城管", f"小类{n % 200}", "", "", f"市民反映第{n}件事，" * 8]
            writer.writerow(row)
    return out, "HUIYIN_DATA is absent: synthetic rows"


def copy_floor() -> Cost:
    """COPY on PostgreSQL, executemany on SQLite, of the cases, orders, events and passages that came in."""
    imported = "case_id IN (SELECT id FROM cases_case WHERE origin = 'haikou12345')"
    found = []
    for model in (Case, Order, Event, Passage):
        where = "origin = 'haikou12345'" if model is Case else imported
        with connection.cursor() as cursor:
            cursor.execute(copies(model, where)[0])
            rows = cursor.fetchall()
        found.append((scratch(model), columns_of(model), rows))
    server, began, ticked = backend_cpu(), time.process_time(), time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, rows in found:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(_plain(row))
            else:
                marks = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - ours
    cpu = time.process_time() - began + backend_cpu() - server
    name = "COPY" if connection.vendor == "postgresql" else "executemany"
    return Cost(name, cpu * 1000, (time.perf_counter() - ticked) * 1000, 0)


def bench_figures(city: SmallCity) -> list[str]:
    """Facts beside a bare read of the events' columns; then all figures of a year from them; then the no-echo list."""

    def anew() -> None:
        facts.forget()
        facts.known(fresh=True)

    def bare_events() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM cases_event")
            assert cursor.fetchall()

    this_year = figures.period_of(clock.today().replace(month=1, day=1), clock.today())

    def all_figures() -> None:
        known = facts.known()
        with Session(known.facts, as_of=known.at) as session:
            assert all(session.run(one, this_year).unit for one in DEFINITIONS.values())

    bare = measure("bare SELECT of all events", bare_events, runs=5)
    read = measure("facts", anew, runs=5)
    counted = measure("all figures", all_figures, runs=5)
    owed = measure("no-echo overview", lambda: echo.overview(city.supervisor))
    return [f"{Event.objects.count()} events", line(read, bare), line(counted, bare), line(owed, bare)]


broken: list[str] = []


def check(name: str, cost: Cost) -> None:
    """Note a budget that is broken."""
    if cost.statements > BUDGETS[name]:
        broken.append(f"{name}: {cost.statements} statements, at most {BUDGETS[name]}")


def main() -> int:
    call_command("migrate", verbosity=0)
    city = build_city()
    publish_rules()
    machine = f"{os.cpu_count()} cores; Python {platform.python_version()}"
    print(f"\n== {connection.vendor}; {machine}; medians of 30 runs", flush=True)
    for rows in (bench_writes(city), bench_reads(city), bench_import(), bench_figures(city)):
        print("\n".join(rows), flush=True)
    for fault in broken:
        print(f"BUDGET BROKEN  {fault}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

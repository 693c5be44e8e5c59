"""The city's own language model: asked by who wishes, told nothing personal, and never waited for."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from huiyin.audit.models import Entry
from huiyin.cases import language_model
from huiyin.cases.models import Case, Event
from tests.factories.cases import case_in, take
from tests.personas import SmallCity
from tests.web.conftest import As

pytestmark = pytest.mark.django_db


class Model:
    """A server that stands for the city's: what it was asked, and what it will say."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.bearer = ""
        self.says = json.dumps({"choices": [{"message": {"content": '好的：["写明修好的日期", "不要说<b>套话</b>"]'}}]})
        self.dribbles = 0
        self.waits = threading.Event()
        self.waits.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append(json.loads(body) | {"path": self.path})
                outer.bearer = self.headers.get("Authorization", "")
                outer.waits.wait(5)
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):
                    for _ in range(outer.dribbles):
                        self.wfile.write(b" ")
                        time.sleep(0.05)
                    self.wfile.write(outer.says.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"


@pytest.fixture
def model(settings: Settings) -> Iterator[Model]:
    """A model that the settings name."""
    made = Model()
    settings.LANGUAGE_MODEL = {"url": made.url, "model": "city-7b", "key": "secret", "seconds": 1}
    yield made
    made.waits.set()
    made.server.shutdown()
    made.server.server_close()


SAID = {"claim": "solved", "reply": "王建国您好，路灯坏了，联系13912345678。", "evidence": "内部情况"}


def ask(signed_in: As, number: str, who: str = "transport_clerk", **more: str) -> str:
    answer = signed_in(who).post(f"/desk/{number}/do/complete/", {**SAID, "step": "advise", **more})
    return answer.content.decode()


def test_without_an_address_nothing_is_offered(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")

    assert "请语言模型看看" not in signed_in("transport_clerk").get(f"/desk/{number}/?action=complete").content.decode()
    assert "语言模型的建议" not in ask(signed_in, number)


def test_who_wishes_is_advised_and_nothing_personal_leaves(hotline: SmallCity, signed_in: As, model: Model) -> None:
    number = case_in(hotline, "in_progress", title="路灯不亮", body="我是王建国，13912345678，路灯不亮")
    events = Event.objects.count()

    page = ask(signed_in, number)

    assert "请语言模型看看" in page
    assert "写明修好的日期" in page
    assert "不要说&lt;b&gt;套话" in page
    assert "路灯坏了" in page, "what was typed is still there"
    sent = json.dumps(model.asked, ensure_ascii=False)
    assert (model.asked[0]["path"], model.asked[0]["model"], model.bearer) == (
        "/v1/chat/completions", "city-7b", "Bearer secret",
    )  # fmt: skip
    assert "路灯" in sent
    for kept in ("王建国", "13912345678", number, "内部情况"):
        assert kept not in sent
    assert Event.objects.count() == events
    assert Entry.objects.get(action="ask_language_model").subject == number


def test_nothing_of_a_matter_that_was_kept_shut_leaves(hotline: SmallCity, signed_in: As, model: Model) -> None:
    number = case_in(hotline, "in_progress")
    tally = Case.objects.get(number=number).tally | {"kept": [[1, 2, "restricted"]]}
    Case.objects.filter(number=number).update(tally=tally)

    assert "语言模型的建议" not in ask(signed_in, number)
    assert model.asked == []


@pytest.mark.parametrize(
    "says", ["", "{}", '{"choices": []}', "[" * 9000, '{"choices":[{"message":{"content":"不知道"}}]}']
)
def test_an_answer_that_is_none_is_said_plainly(hotline: SmallCity, signed_in: As, model: Model, says: str) -> None:
    model.says = says

    assert "模型没有给出可用的回答" in ask(signed_in, case_in(hotline, "in_progress"))


def test_a_slow_model_is_not_waited_for_and_stops_nobody(hotline: SmallCity, signed_in: As, model: Model) -> None:
    number = case_in(hotline, "in_progress")
    model.waits.clear()

    assert "模型没有给出可用的回答" in ask(signed_in, number)
    with language_model._turn:
        assert "正在回答别人" in ask(signed_in, number)
    take(hotline, number, "transport_clerk", "complete", claim="solved", reply="路灯已修好", evidence="x")


def test_a_model_that_talks_slowly_is_not_waited_for(model: Model, settings: Settings) -> None:
    settings.LANGUAGE_MODEL = {**settings.LANGUAGE_MODEL, "seconds": 0.2}
    model.dribbles, began = 100, time.monotonic()

    with pytest.raises((OSError, ValueError)):
        language_model._ask("路灯不亮")

    assert time.monotonic() - began < 3

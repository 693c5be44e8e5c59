"""Every operation under generated input: never a 5xx, answers as described, nothing written on refusal."""

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, seed, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import (
    CoveragePhaseConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)

from huiyin.access.models import Token
from huiyin.access.tokens import issue
from huiyin.audit.models import Entry
from huiyin.cases.models import Case, Event, Passage
from huiyin.files.models import File
from huiyin.notices.models import Notice
from huiyin.people.models import Party
from tests.factories.cases import take_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("HUIYIN_FUZZ_EXAMPLES", "2"))
"""For each operation; `make nightly` takes more."""
SEED = int(os.environ.get("HUIYIN_FUZZ_SEED", "12345"))
CALLERS = ("operator", "transport_clerk", "administrator", "auditor")
TURN = itertools.cycle(range(1, 1 + len(CALLERS)))
"""By day each input is sent by nobody and by one of the callers, who take turns; at night by all of them."""
PLAIN = {"Accept-Encoding": "identity"}
"""Answers as they are: the checks don't unpack them."""
WRITTEN = (Case, Event, Passage, Party, File, Notice, Token, Entry)

THOROUGH = "HUIYIN_FUZZ_EXAMPLES" in os.environ
phases = PhasesConfig(coverage=CoveragePhaseConfig(enabled=THOROUGH))
"""Every boundary of every field is tried at night alone: that is some hundred calls for each operation."""
schema = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json",
    get_wsgi_application(),
    config=SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(phases=phases))),
)
load_all_checks()
HELD = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests run in this test's transaction, so none of them may close its connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def number(hotline: SmallCity) -> str:
    """A matter that is there, lying at the desk."""
    return take_in(hotline)


@pytest.fixture
def callers(hotline: SmallCity, settings: Any) -> list[dict[str, str]]:
    """Headers of people of different rights, and of nobody. None of them is stopped by how often they call."""
    settings.RATES = dict.fromkeys(settings.RATES)
    tokens = [issue(hotline.users[who], "试") for who in CALLERS]
    return [PLAIN, *({**PLAIN, "Authorization": f"Bearer {token}"} for token in tokens)]


def counted() -> list[int]:
    """How many rows there are of what acts write."""
    return [model._default_manager.count() for model in WRITTEN]


@seed(SEED)
@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False
)
def test_generated_input_is_answered_as_described(case: Any, callers: list[dict[str, str]], number: str) -> None:
    generated = dict(case.path_parameters)
    for path in [generated, {**generated, "number": number}] if "number" in generated else [generated]:
        case.path_parameters = path
        for headers in callers if THOROUGH else [callers[0], callers[next(TURN)]]:
            before = counted()

            answer = case.call(headers=headers)

            case.validate_response(answer, checks=HELD, headers=headers)
            if answer.status_code >= 400:
                assert counted() == before

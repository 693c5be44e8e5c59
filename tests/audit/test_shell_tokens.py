"""Tokens issued and ended at the shell stand in the audit as those by API do."""

import json

import pytest
from click.testing import CliRunner

from huiyin.access.models import Token
from huiyin.access.tokens import actor_of_token
from huiyin.audit.models import Entry
from huiyin.cli.token import command
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def test_a_token_of_the_shell_is_audited_by_its_number(city: SmallCity) -> None:
    issued = CliRunner().invoke(command, ["issue", "operator", "--name", "接口", "--days", "9"])
    token = Token.objects.get()
    ended = CliRunner().invoke(command, ["revoke", str(token.pk)])

    assert (issued.exit_code, ended.exit_code) == (0, 0)
    told = [(e.actor, e.action, e.subject, json.loads(e.detail)) for e in Entry.objects.order_by("pk")]
    assert told == [
        ("system:shell", "issue_token", "user:operator", {"token": str(token.pk), "scopes": [], "days": 9}),
        ("system:shell", "revoke_token", "user:operator", {"token": str(token.pk)}),
    ]
    assert actor_of_token(issued.stdout.strip()) is None


@pytest.mark.parametrize("wrong", [["--days", "0"], ["--scope", "everything"], ["--name", "长" * 81], ["--name", ""]])
def test_a_token_refused_at_the_shell_leaves_nothing(city: SmallCity, wrong: list[str]) -> None:
    assert CliRunner().invoke(command, ["issue", "operator", *wrong]).exit_code != 0
    assert (Token.objects.count(), Entry.objects.count()) == (0, 0)

"""Errors: sentences for people, codes and facts for programs."""

import pytest
from django.utils.translation import gettext_lazy, override

from huiyin.kernel import errors
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, Refusal, Refused, Stale


def test_a_message_says_what_the_rule_and_what_to_do() -> None:
    error = Refused("already_due", "Too late.", rule="Ask in time.", do="Finish it.", most=5)

    assert error.sentences() == ["Too late.", "Ask in time.", "Finish it."]
    assert str(error) == "Too late. Ask in time. Finish it."
    assert (error.code, error.facts, error.status) == ("already_due", {"most": 5}, 409)


def test_empty_parts_are_left_out() -> None:
    assert Refused("x", "Too late.", do="Finish it.").sentences() == ["Too late.", "Finish it."]
    assert str(Refused("x", "")) == ""


def test_a_lazy_text_waits_for_its_reader() -> None:
    error = Refused("x", gettext_lazy("Yes"))

    with override("en"):
        english = str(error)
    with override("zh-hans"):
        chinese = str(error)

    assert (english, chinese) == ("Yes", "是")


def test_bad_input_names_every_field() -> None:
    error = BadInput(FieldError("reason", "Fill in."), FieldError("length", "1 to 366."), what="Not saved.")

    assert error.sentences() == ["Not saved.", "reason: Fill in.", "length: 1 to 366."]
    assert str(BadInput(FieldError("reason", "Fill in."))) == "reason: Fill in."
    assert (error.code, error.status) == ("bad_input", 422)


def test_a_refusal_becomes_the_same_error() -> None:
    error = Refusal("x", "Too late.", rule="Ask in time.", do="Finish it.", facts={"most": 5}).error()

    assert isinstance(error, Refused)
    assert (error.code, str(error), error.facts) == ("x", "Too late. Ask in time. Finish it.", {"most": 5})


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.Refused, 409),
        (errors.Stale, 409),
        (errors.NotSignedIn, 401),
        (errors.NotAllowed, 403),
        (errors.NotFound, 404),
        (errors.Outage, 503),
    ],
)
def test_every_kind_has_its_status(kind: type[HuiyinError], status: int) -> None:
    assert kind("x", "what").status == status
    assert issubclass(Stale, Refused)

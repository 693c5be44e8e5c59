"""Two merge issues into each other at the same moment, on connections of their own."""

from functools import partial

import pytest

from huiyin.cases.models import HotIssue
from huiyin.cases.services import hot_issues as acts
from huiyin.kernel import clock
from huiyin.kernel.errors import HuiyinError, Stale
from tests.factories.threads import together
from tests.personas import build_city

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_merges_into_each_other_one_is_done_and_the_other_told() -> None:
    merge = partial(acts.merge, actor=build_city().dispatcher, version=0)
    for _round in range(5):
        one, two = (HotIssue.objects.create(created_at=clock.now(), title="路灯") for _n in range(2))
        seen_one, seen_two = (HotIssue.objects.get(pk=issue.pk) for issue in (one, two))

        found = together(partial(merge, issue=one, into=two), partial(merge, issue=seen_two, into=seen_one))

        assert [type(told) for told in found if isinstance(told, HuiyinError)] == [Stale]
        ended, live = sorted(HotIssue.objects.filter(pk__in=[one.pk, two.pk]), key=lambda issue: issue.status)
        assert (ended.status, ended.into_id, live.status) == ("ended", live.pk, "found")

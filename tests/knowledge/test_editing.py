"""From a draft to what everybody may rely on, and out again: a second person, versions, the audit."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest
from django.test import Client
from django.utils import translation

from huiyin.access.actor import ANONYMOUS
from huiyin.audit.models import Entry
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, NotAllowed, NotFound, Refused, Stale
from huiyin.knowledge import editing, keeping, queries
from huiyin.knowledge.editing import Said
from huiyin.knowledge.models import Article, Revision, Vote
from huiyin.notices.models import Notice
from huiyin.org.versions import touch
from tests.conftest import SetClock
from tests.knowledge.conftest import BUS, LOAN, category_of, published
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def audited() -> list[str]:
    """What the audit says was done with knowledge, in order."""
    return list(Entry.objects.filter(subject__startswith="article:").order_by("pk").values_list("action", flat=True))


def test_a_draft_is_reviewed_by_another_person_and_then_found(hotline: SmallCity) -> None:
    row = editing.begin(actor=hotline.transport_head, unit="transport", said=BUS, key="form-1")
    again = editing.begin(actor=hotline.transport_head, unit="transport", said=BUS, key="form-1")
    assert (again.pk, Article.objects.count()) == (row.pk, 1)
    assert queries.search(hotline.operator, "收班") == []

    editing.submit(actor=hotline.transport_head, key=row.pk, seen=1)
    assert Notice.objects.get(kind="article_waits").recipient_key == "unit:transport"
    with pytest.raises(Refused, match="写过"):
        editing.approve(actor=hotline.transport_head, key=row.pk, seen=2)
    with pytest.raises(NotAllowed):
        editing.approve(actor=hotline.transport_clerk, key=row.pk, seen=2)
    editing.approve(actor=hotline.supervisor, key=row.pk, seen=2)

    [found] = queries.search(hotline.operator, "公交末班车是几点")
    assert (found.key, found.revision_no, found.late_days, found.unit) == (row.pk, 1, 0, "transport")
    assert [one.key for one in queries.search(ANONYMOUS, "末班车")] == [row.pk]
    assert Article.objects.get().owner == ""
    assert audited() == ["begin_article", "submit_article", "publish_article"]


def test_what_is_published_is_offered_until_the_next_revision_is_reviewed(hotline: SmallCity, bus: Article) -> None:
    better = replace(BUS, answer="城区各线路20:00收班。")
    editing.write(actor=hotline.transport_clerk, key=bus.pk, said=better, seen=3)
    editing.write(actor=hotline.transport_clerk, key=bus.pk, said=better, seen=4)
    assert queries.search(hotline.operator, "收班")[0].answer == BUS.answer

    editing.submit(actor=hotline.transport_clerk, key=bus.pk, seen=5)
    with pytest.raises(Refused, match="等待审核"):
        editing.write(actor=hotline.transport_clerk, key=bus.pk, said=BUS, seen=6)
    editing.send_back(actor=hotline.transport_head, key=bus.pk, seen=6, reason="夏季也是吗？")
    assert Revision.objects.get(no=2).remark == "夏季也是吗？"
    editing.submit(actor=hotline.transport_clerk, key=bus.pk, seen=7)
    editing.recall(actor=hotline.transport_clerk, key=bus.pk, seen=8)
    editing.submit(actor=hotline.transport_clerk, key=bus.pk, seen=9)
    editing.approve(actor=hotline.transport_head, key=bus.pk, seen=10)

    assert queries.search(hotline.operator, "收班")[0].answer == "城区各线路20:00收班。"
    assert [one.answer for one in queries.revisions(bus.pk)] == ["城区各线路20:00收班。", BUS.answer]


def test_what_begins_later_leaves_todays_answer_until_its_day(hotline: SmallCity, bus: Article, at: SetClock) -> None:
    clerk, head = hotline.transport_clerk, hotline.transport_head
    coming = replace(BUS, answer="新时刻。", valid_from=date(2021, 4, 1), review_on=date(2021, 9, 1))

    def publish(said: Said) -> None:
        row = editing.write(actor=clerk, key=bus.pk, said=said, seen=Article.objects.get().version)
        editing.submit(actor=clerk, key=bus.pk, seen=row.version)
        editing.approve(actor=head, key=bus.pk, seen=row.version + 1)

    def offered() -> list[tuple[str, int]]:
        found = queries.of_key(bus.pk)
        assert [found] == queries.all_published(ANONYMOUS)
        assert found is not None
        return [(one.answer, one.revision_no) for one in queries.search(ANONYMOUS, "收班")]

    publish(coming)
    assert offered() == [(BUS.answer, 1)]
    assert Article.objects.get().review_on == BUS.review_on
    publish(replace(coming, answer="更新的时刻。"))  # takes the place of the one to come
    assert offered() == [(BUS.answer, 1)]
    assert queries.keys() == {bus.pk: 1}

    at("2021-04-01 00:01")
    assert offered() == [("更新的时刻。", 3)]  # by its date, whether the worker has been or not
    assert (keeping.pass_days().begun, keeping.pass_days().begun) == (1, 0)
    row = Article.objects.get()
    assert (row.shown_no, row.next_no, row.review_on) == (3, 0, date(2021, 9, 1))
    assert offered() == [("更新的时刻。", 3)]
    assert audited()[-1] == "start_article"

    publish(replace(coming, answer="五月的。", valid_from=date(2021, 5, 1)))
    editing.withdraw(actor=clerk, key=bus.pk, seen=Article.objects.get().version, reason="停运")
    at("2021-05-01 09:00")
    assert (queries.of_key(bus.pk), keeping.pass_days().begun) == (None, 0)


def test_what_is_to_follow_one_that_ends_begins_on_its_day(hotline: SmallCity, at: SetClock) -> None:
    clerk, head = hotline.transport_clerk, hotline.transport_head
    row = published(hotline, replace(BUS, valid_to=date(2021, 3, 31)))
    following = replace(BUS, answer="新时刻。", valid_from=date(2021, 4, 5))
    editing.write(actor=clerk, key=row.pk, said=following, seen=3)
    editing.submit(actor=clerk, key=row.pk, seen=4)
    editing.approve(actor=head, key=row.pk, seen=5)

    at("2021-04-02 09:00")
    assert keeping.pass_days().expired == 1
    assert (queries.of_key(row.pk), keeping.list_of_shame(hotline.leader)) == (None, [])
    at("2021-04-05 09:00")
    later = replace(BUS, answer="再以后的。", valid_from=date(2021, 5, 1))
    editing.write(actor=clerk, key=row.pk, said=later, seen=7)
    editing.submit(actor=clerk, key=row.pk, seen=8)
    editing.approve(actor=head, key=row.pk, seen=9)  # before the worker came by
    assert [one.answer for one in queries.all_published(ANONYMOUS)] == ["新时刻。"]
    at("2021-05-01 09:00")
    assert [one.answer for one in queries.all_published(ANONYMOUS)] == ["再以后的。"]


def test_category_and_owner_change_with_the_second_persons_yes(hotline: SmallCity, bus: Article) -> None:
    category = category_of("公交")
    said = replace(BUS, question="还没有定的问题？", category=category, owner="transport_clerk")
    editing.write(actor=hotline.transport_clerk, key=bus.pk, said=said, seen=3)
    touch(queries.ARTICLES)
    row, found = Article.objects.get(), queries.of_key(bus.pk)
    assert found is not None
    assert (row.category_id, row.owner, found.category) == (None, hotline.transport_head.key, None)

    editing.submit(actor=hotline.transport_clerk, key=bus.pk, seen=4)
    editing.approve(actor=hotline.transport_head, key=bus.pk, seen=5)
    row, found = Article.objects.get(), queries.of_key(bus.pk)
    assert found is not None
    assert (row.category_id, row.owner, found.category) == (category, hotline.transport_clerk.key, category)


def test_lists_and_reminders_dont_tell_what_a_draft_says(hotline: SmallCity, bus: Article, at: SetClock) -> None:
    secret = replace(BUS, question="草稿里的问题？")
    editing.write(actor=hotline.transport_clerk, key=bus.pk, said=secret, seen=3)
    new = editing.begin(actor=hotline.transport_clerk, unit="transport", said=secret)
    editing.submit(actor=hotline.transport_clerk, key=new.pk, seen=1)

    at("2021-06-09 08:00")
    keeping.pass_days()
    assert all(secret.question not in one.subject for one in Notice.objects.filter(kind="article_review"))
    assert [one.question for one in keeping.list_of_shame(hotline.leader)] == [BUS.question]
    assert {one.question for one in keeping.list_of_shame(hotline.operator)} == {BUS.question, secret.question}


def test_a_form_sent_twice_at_once_makes_one(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    def begin() -> Article:
        return editing.begin(actor=hotline.transport_clerk, unit="transport", said=BUS, key="form-1")

    def quicker() -> datetime:
        """The other writes after this one has looked."""
        monkeypatch.undo()
        first.append(begin().pk)
        return clock.now()

    first: list[UUID] = []
    monkeypatch.setattr(clock, "now", quicker)
    assert ([begin().pk], Article.objects.count(), audited()) == (first, 1, ["begin_article"])


def test_notices_are_in_the_citys_language_whatever_the_writers(hotline: SmallCity) -> None:
    row = editing.begin(actor=hotline.transport_clerk, unit="transport", said=BUS)
    with translation.override("en"):
        editing.submit(actor=hotline.transport_clerk, key=row.pk, seen=1)

    assert Notice.objects.get(kind="article_waits").subject == f"有知识待审核：{BUS.question}"


def test_of_two_who_change_the_same_the_second_is_told(hotline: SmallCity, bus: Article) -> None:
    editing.write(actor=hotline.transport_clerk, key=bus.pk, said=BUS, seen=3)
    with pytest.raises(Stale):
        editing.write(actor=hotline.transport_head, key=bus.pk, said=LOAN, seen=3)

    assert Revision.objects.get(no=2).question == BUS.question
    assert Article.objects.get().version == 4


def test_what_lacks_its_basis_or_puts_its_review_off_isnt_handed_in(hotline: SmallCity) -> None:
    late, long = date(2021, 3, 2), date(2022, 3, 10)
    said = replace(BUS, basis="", answer="", review_on=late, valid_to=date(2021, 3, 1))
    row = editing.begin(actor=hotline.transport_clerk, unit="transport", said=said)
    with pytest.raises(BadInput) as caught:
        editing.submit(actor=hotline.transport_clerk, key=row.pk, seen=1)
    assert [one.field for one in caught.value.fields] == ["answer", "basis", "valid_to", "review_on"]

    editing.write(actor=hotline.transport_clerk, key=row.pk, said=replace(BUS, review_on=long), seen=1)
    with pytest.raises(BadInput, match="366"):
        editing.submit(actor=hotline.transport_clerk, key=row.pk, seen=2)
    for wrong in (replace(BUS, question="  "), replace(BUS, category="nowhere"), replace(BUS, owner="housing_clerk"),
                  replace(BUS, body="长" * 20_001), replace(BUS, answer="\x00")):  # fmt: skip
        with pytest.raises(BadInput):
            editing.begin(actor=hotline.transport_clerk, unit="transport", said=wrong)


def test_nobody_writes_for_another_unit_nor_reads_its_drafts(hotline: SmallCity) -> None:
    row = editing.begin(actor=hotline.transport_clerk, unit="transport", said=BUS)
    for who in ("housing_clerk", "leader", "dispatcher"):
        actor = getattr(hotline, who)
        with pytest.raises(NotAllowed):
            editing.begin(actor=actor, unit="transport", said=BUS)
        with pytest.raises(NotFound):
            queries.article(actor, row.pk)
    for who in ("stranger", "auditor", "administrator", "security_officer"):
        with pytest.raises(NotFound):
            queries.article(getattr(hotline, who), row.pk)
    assert queries.article(hotline.operator, row.pk).pk == row.pk


def test_what_is_public_is_everybodys_and_the_rest_the_desks(hotline: SmallCity, bus: Article) -> None:
    loan = published(hotline, LOAN, "housing")

    assert [one.key for one in queries.all_published(ANONYMOUS)] == [bus.pk]
    assert {one.key for one in queries.all_published(hotline.renzhai_clerk)} == {bus.pk, loan.pk}
    assert queries.search(ANONYMOUS, "公积金") == []
    assert queries.search(hotline.operator, "公积金", unit="transport") == []
    assert [one.key for one in queries.search(hotline.operator, "公积金", unit="housing")] == [loan.pk]
    with pytest.raises(NotFound):
        queries.published(ANONYMOUS, loan.pk)


def test_an_article_past_its_review_says_so_wherever_it_is_found(
    hotline: SmallCity, bus: Article, at: SetClock
) -> None:  # fmt: skip
    at("2021-06-11 09:00")

    assert [one.late_days for one in queries.search(ANONYMOUS, "收班")] == [10]
    assert "这条答复待复核" in Client().get("/faq/feed.atom").content.decode()
    with pytest.raises(BadInput):
        editing.confirm(actor=hotline.transport_clerk, key=bus.pk, seen=3, review_on=date(2021, 6, 11))
    editing.confirm(actor=hotline.transport_clerk, key=bus.pk, seen=3, review_on=date(2021, 12, 1))
    assert [one.late_days for one in queries.search(ANONYMOUS, "收班")] == [0]
    assert Article.objects.get().remind_on == date(2021, 11, 17)


def test_what_is_withdrawn_or_past_its_validity_is_offered_no_more(hotline: SmallCity, at: SetClock) -> None:
    short = published(hotline, replace(BUS, valid_to=date(2021, 3, 31)))
    loan = published(hotline, LOAN, "housing")
    with pytest.raises(BadInput):
        editing.withdraw(actor=hotline.housing_clerk, key=loan.pk, seen=3, reason=" ")
    editing.withdraw(actor=hotline.housing_clerk, key=loan.pk, seen=3, reason="条例改了")
    assert queries.search(hotline.operator, "公积金") == []

    at("2021-04-01 00:01")
    assert queries.search(hotline.operator, "收班") == []  # by its date, whether the sweep has been or not
    assert (keeping.pass_days().expired, keeping.pass_days().expired) == (1, 0)
    assert [(one.key, one.why) for one in keeping.list_of_shame(hotline.leader)] == [(short.pk, {"ended": 1})]
    assert audited()[-1] == "expire_article"


def test_a_draft_given_up_leaves_what_was_published(hotline: SmallCity, bus: Article) -> None:
    editing.write(actor=hotline.transport_clerk, key=bus.pk, said=replace(BUS, answer="错的"), seen=3)
    editing.set_aside(actor=hotline.transport_clerk, key=bus.pk, seen=4)
    row = editing.begin(actor=hotline.housing_clerk, unit="housing", said=LOAN)
    editing.set_aside(actor=hotline.housing_clerk, key=row.pk, seen=1)

    assert [one.answer for one in queries.search(hotline.operator, "收班")] == [BUS.answer]
    assert Article.objects.get(pk=row.pk).standing == "expired"
    assert keeping.list_of_shame(hotline.leader) == []
    editing.write(actor=hotline.transport_clerk, key=bus.pk, said=BUS, seen=5)
    assert Article.objects.get(pk=bus.pk).open_no == 3


def test_a_vote_is_one_a_person_and_a_no_says_why(hotline: SmallCity, bus: Article) -> None:
    with pytest.raises(BadInput):
        editing.vote(actor=hotline.operator, key=bus.pk, useful=False)
    editing.vote(actor=hotline.operator, key=bus.pk, useful=False, remark="没有写夏季，打13912345678问的")
    assert "13912345678" not in Vote.objects.get().remark
    editing.vote(actor=hotline.operator, key=bus.pk, useful=True)

    assert list(Vote.objects.values_list("useful", "remark")) == [(True, "")]


def test_the_unit_is_reminded_once_a_day_and_the_list_names_it(
    hotline: SmallCity, bus: Article, at: SetClock
) -> None:  # fmt: skip
    owned = replace(BUS, owner="transport_clerk")
    at("2021-05-18 08:00")
    assert (keeping.pass_days().reminded, keeping.pass_days().reminded) == (1, 0)
    assert list(Notice.objects.filter(kind="article_review").values_list("recipient_key", flat=True)) == [
        hotline.transport_head.key
    ]
    editing.write(actor=hotline.transport_clerk, key=bus.pk, said=owned, seen=3)
    editing.submit(actor=hotline.transport_clerk, key=bus.pk, seen=4)
    editing.approve(actor=hotline.transport_head, key=bus.pk, seen=5)
    at("2021-05-18 09:00")
    for who in ("operator", "dispatcher"):
        editing.vote(actor=getattr(hotline, who), key=bus.pk, useful=False, remark="时刻变了")

    at("2021-06-09 08:00")
    assert keeping.pass_days().reminded == 1
    told = Notice.objects.filter(kind="article_review", created_at__date="2021-06-09")
    assert set(told.values_list("recipient_key", flat=True)) == {"user:transport_clerk", "unit:transport"}
    [fault] = keeping.list_of_shame(hotline.housing_clerk)
    assert fault.why == {"late": 8, "doubted": 2}
    assert keeping.list_of_shame(hotline.leader, unit="housing") == []


def test_reading_costs_no_statement_and_lists_the_same_for_one_and_for_many(
    hotline: SmallCity, bus: Article, django_assert_num_queries: object
) -> None:
    queries.search(hotline.operator, "收班")
    with django_assert_num_queries(0):  # type: ignore[operator]
        queries.search(hotline.operator, "收班")
    for n in range(3):
        published(hotline, replace(BUS, question=f"第{n}路车走哪里？"))
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert keeping.list_of_shame(hotline.operator) == []


def test_errors_tell_programs_apart(hotline: SmallCity, bus: Article) -> None:
    codes = []
    for does in (editing.submit, editing.recall, editing.set_aside, editing.approve):
        with pytest.raises(HuiyinError) as caught:
            does(actor=hotline.transport_head, key=bus.pk, seen=3)
        codes.append(caught.value.code)
    assert codes == ["wrong_stage"] * 4

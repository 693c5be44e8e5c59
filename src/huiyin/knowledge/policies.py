"""Who reads, writes and reviews articles. What is published to the public is everybody's."""

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.policies import READ_ALL, READ_OWN
from huiyin.kernel.errors import NotAllowed, NotFound
from huiyin.org.reference import org

WRITE = "knowledge:article:write"
REVIEW = "knowledge:article:review"
RIGHTS = (WRITE, REVIEW)


def reads(actor: Actor) -> bool:
    """Whether they may read all that is published, not only what is public."""
    return actor.may(READ_ALL) or actor.may(READ_OWN)


def writes(actor: Actor, unit: str) -> bool:
    """Whether they may write for that unit."""
    return _over(actor, WRITE, unit)


def reviews(actor: Actor, unit: str) -> bool:
    """Whether they may review for that unit, were it not their own text."""
    return _over(actor, REVIEW, unit)


def _over(actor: Actor, right: str, unit: str) -> bool:
    known = org().unit(unit)
    return known is not None and actor.may_in(right, known.path)


def need_reader(actor: Actor) -> None:
    """NotFound for those for whom there is no knowledge base but the public part."""
    if not reads(actor):
        raise NotFound("no_knowledge", _("没有找到您要的内容。"), do=_("公开的知识见“常见问题”。"))


def need_writer(actor: Actor, unit: str) -> None:
    """NotAllowed unless they write for the unit."""
    if not writes(actor, unit):
        raise NotAllowed(
            "not_your_unit",
            _("您不能编写“%(unit)s”的知识。") % {"unit": org().label_of(unit)},
            rule=_("知识由承办单位和热线编写。"),
            do=_("有意见请在知识页面投票并写明，责任人会看到。"),
        )

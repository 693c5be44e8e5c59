"""What roles let their holders do, in words: for who gives posts and for everybody who asks what a role may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from huiyin.access.roles import Role, Scope, roles
from huiyin.access.staff import held_on
from huiyin.kernel import clock
from huiyin.org.reference import org

WORDS: Mapping[str, Any] = {
    "access:token:issue": _("为没有人登录的账号签发接口令牌"),
    "access:token:revoke": _("撤销任何人的接口令牌"),
    "audit:entry:read": _("查看审计"),
    "calls:event:report": _("由电话系统报告来电"),
    "cases:accusation:examine": _("接收、查办检举控告"),
    "cases:callback:record": _("回访，登记解决和满意"),
    "cases:case:instruct": _("批示、提级研究、看领导看板"),
    "cases:case:read_all": _("查看全部事项（检举控告和对其保密的除外）"),
    "cases:case:read_own": _("查看本单位承办的事项"),
    "cases:case:take_in": _("接听来电、登记和受理事项、当场答复"),
    "cases:duty:manage": _("改权责清单和事项类别"),
    "cases:order:approve": _("审核本单位的答复、延期和退单"),
    "cases:order:arbitrate": _("裁决退单，裁定质量申诉"),
    "cases:order:dispatch": _("派单、改派、审核退单"),
    "cases:order:handle": _("签收、办理、答复本单位的工单"),
    "cases:order:supervise": _("审核办结、批延期、督办、看坐席和质量"),
    "cases:rules:publish": _("发布流程、办理时限、答复模板和抽样"),
    "disputes:dispute:handle": _("登记、调处矛盾纠纷，看排查"),
    "exchange:partner:manage": _("接入上级平台"),
    "knowledge:article:review": _("审核知识"),
    "knowledge:article:write": _("起草、修改知识"),
    "org:unit:manage": _("新设、更名、调整、撤销单位"),
    "people:posting:grant": _("给岗位、结束任职，结束登录，清除第二步验证"),
    "people:user:manage": _("开账号、停用账号、改账号信息"),
    "petitions:petition:handle": _("登记、办理信访事项"),
    "petitions:petition:supervise": _("督查信访事项"),
    "receptions:reception:attend": _("陪同接访，看与本单位有关的接访"),
    "receptions:reception:read": _("看全部接访安排和记录"),
    "receptions:rota:plan": _("安排、公布、登记领导接访"),
    "villages:post:manage": _("登记村警和村法律顾问"),
    "webhooks:subscription:manage": _("设置推送"),
    "workdays:day:declare": _("设定停休日和上班日"),
}
"""Of every right that a role holds."""
REACH: Mapping[Scope, Any] = {
    Scope.UNIT: _("限于任职的单位"), Scope.SUBTREE: _("任职的单位和它的下级单位"), Scope.ALL: _("全市"),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A role in words, and who holds it."""

    name: str
    title: str
    reach: Any
    may: list[Any]
    held: int = 0


def told(name: str, role: Role, held: int = 0) -> Told:
    """In the page's language."""
    english = (translation.get_language() or "").startswith("en")
    return Told(name, role.title.en if english else role.title.zh, REACH[role.scope],
                [WORDS[right] for right in WORDS if right in role.rights], held)  # fmt: skip


def all_told(held: Mapping[str, int]) -> list[Told]:
    """Every role, as the file has them; `held` says by how many each is held."""
    return [told(name, role, held.get(name, 0)) for name, role in roles().items()]


@dataclass(frozen=True)
class Preview:
    """What a post would let somebody do: the role, the units it reaches, and how many hold it there already."""

    role: Told
    unit: str
    reaches: list[str]
    there: int


def preview(*, unit: str, role: str) -> Preview | None:
    """Before it is given. None for a unit or role that there isn't."""
    known, found = org().unit(unit), roles().get(role)
    if known is None or found is None:
        return None
    below = [one.code for one in org().units.values() if one.path.startswith(known.path) and one.code != unit]
    reaches = [unit, *below] if found.scope is Scope.SUBTREE else [unit]
    there = held_on(clock.today()).filter(unit=unit, role=role).count()
    return Preview(told(role, found), org().label_of(unit), [org().label_of(code) for code in reaches], there)

"""The form of a dispute."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.originals import TITLE_MOST
from huiyin.cases.services.open import Requester
from huiyin.cases.web.forms import MatterForm, keep_files
from huiyin.disputes import sweeps
from huiyin.disputes.rules import HANDLE_DISPUTES
from huiyin.disputes.services import Found
from huiyin.kernel import clock
from huiyin.org.reference import KnownArea, org

SOURCES: dict[str, Any] = {
    "sweep": _("排查发现"), "party": _("当事人申请"), "warning": _("预警转来"), "matter": _("其他事项转来"),
}  # fmt: skip


class DisputeForm(MatterForm):
    """What happened between whom, and the measures from which its grade follows."""

    found_by = forms.ChoiceField(
        label=_("来源"), choices=list(SOURCES.items()), initial="sweep", widget=forms.RadioSelect
    )
    title = forms.CharField(label=_("标题"), max_length=TITLE_MOST, required=False)
    persons = forms.IntegerField(label=_("涉及人数"), min_value=1, max_value=9999, initial=2)
    money = forms.IntegerField(label=_("涉及金额（万元）"), min_value=1, max_value=99999, required=False,
                               help_text=_("不足一万元的不填。"))  # fmt: skip
    violence = forms.BooleanField(label=_("有激化或者伤人苗头"), required=False)
    home = forms.CharField(label=_("当事人住址"), max_length=200, required=False)
    first_from = forms.CharField(label=_("由其他事项转来（编号）"), max_length=20, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "allegation", "respondent_unit", "email"):
            del self.fields[name]
        self.fields["body"].label = _("纠纷情况（谁和谁、为什么、到什么程度）")
        self.fields["name"].label = _("当事人（一方）")
        area = self.fields["area"]
        assert isinstance(area, forms.ChoiceField)
        area.label, area.choices = _("发生在哪个村（社区）"), area_choices(actor)
        self.fields["violence"].widget.attrs["class"] = "form-check-input"

    def found(self, actor: Actor) -> Found:
        """What was said, its files stored. Call after `is_valid`. BadInput for a bad file."""
        said = self.cleaned_data
        return Found(
            body=said["body"], persons=said["persons"], found_by=said["found_by"], money=said["money"],
            violence=said["violence"], title=said["title"], area=said["area"] or None, address=said["address"],
            category=said["category"] or None, party=Requester(said["name"], said["phone"], address=said["home"]),
            first_from=said["first_from"], key=said["key"],
            files=tuple(keep_files(said["photos"], actor, f"{said['key']}/photos", "photos")),
        )  # fmt: skip


def area_choices(actor: Actor) -> list[tuple[Any, Any]]:
    """Villages and communities under their town, as far as the actor sweeps there, after an empty choice."""
    towns = [a for a in org().areas.values() if a.level == "township" and sweeps.within(actor, a)]
    groups = [(town.named().name, [_choice(town), *map(_choice, _inside(town))]) for town in towns]
    empty = [("", _("不清楚或不限"))] if actor.may(HANDLE_DISPUTES) else []
    return [*empty, *groups]


def _choice(area: KnownArea) -> tuple[str, str]:
    return area.code, area.named().name


def _inside(town: KnownArea) -> list[KnownArea]:
    today = clock.today()
    return [area for area in org().area_children(town.code) if area.in_force(today)]

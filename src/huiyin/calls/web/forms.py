"""The form of a call: the citizen's form as a seat fills it, and what is to come of the call."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.calls.enums import Direction, FlagKind, Outcome
from huiyin.calls.heard import place_meant
from huiyin.calls.services.finish import Wish
from huiyin.cases import rulebook
from huiyin.cases.enums import Allegation, Kind, Urgency
from huiyin.cases.inputs import CITES, TEXT_MOST
from huiyin.cases.originals import TITLE_MOST
from huiyin.cases.policies import DESK_RELATIONS, DISPATCH, SUPERVISE
from huiyin.cases.services.open import Opening, Requester, procedure_for, title_from
from huiyin.cases.web.forms import ALLEGATIONS, KINDS, URGENCIES, category_choices, unit_code, units_today
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput
from huiyin.org.reference import KnownUnit

OUTCOMES: dict[str, Any] = {
    Outcome.DISPATCHED: _("受理并派单"),
    Outcome.TAKEN_IN: _("受理"),
    Outcome.ANSWERED: _("直办"),
    Outcome.JOINED: _("并入他件"),
    Outcome.FOLLOWED: _("跟进原件"),
    Outcome.REFUSED: _("不予受理"),
    Outcome.EMERGENCY: _("转接紧急电话"),
    Outcome.NO_MATTER: _("没有诉求"),
    Outcome.UNREACHED: _("回拨未接通"),
    Outcome.CALLED_AGAIN: _("再次来电已接"),
    Outcome.NO_NUMBER: _("隐藏号码，无法回拨"),
}
STATES: dict[str, Any] = {
    "ringing": _("正在响铃"),
    "talking": _("通话中"),
    "held": _("保持中"),
    "ended": _("已挂断"),
    "missed": _("未接到"),
    "voicemail": _("留言"),
}
DIRECTIONS: dict[str, Any] = {Direction.IN: _("打进来"), Direction.OUT: _("打出去的")}
FLAGS: dict[str, Any] = {
    FlagKind.INSULTS: _("辱骂"),
    FlagKind.THREATS: _("威胁"),
    FlagKind.NUISANCE: _("反复骚扰"),
}
REASONS: dict[str, Any] = {
    "": _("请选择理由"),
    "other_path": _("应当走其他法定途径"),
    "already_handled": _("正在办理或已办结且无新情况"),
    "secret": _("涉及国家秘密、商业秘密或隐私"),
    "beyond_duty": _("超出行政职责"),
    "unlawful": _("违反法律或公序良俗"),
}
PATHS: dict[str, Any] = {
    "": _("不适用"),
    "court": _("诉讼"),
    "arbitration": _("仲裁"),
    "discipline": _("纪检监察"),
    "reconsideration": _("行政复议"),
    "disclosure": _("政府信息公开"),
    "petition": _("信访"),
}
WITHOUT_WORDS = (Outcome.NO_MATTER, Outcome.FOLLOWED, Outcome.EMERGENCY)
"""What can be saved of a call without notes."""


class CallForm(forms.Form):
    """What was said on the call, where, and what comes of it."""

    body = forms.CharField(
        label=_("记录"), max_length=TEXT_MOST, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    title = forms.CharField(label=_("标题"), max_length=TITLE_MOST, required=False)
    area = forms.CharField(label=_("地点（街道、乡镇或村）"), max_length=60, required=False)
    address = forms.CharField(label=_("详细地点"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=list(KINDS.items()), initial=Kind.HELP)
    category = forms.ChoiceField(label=_("类别"), required=False)
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=list(URGENCIES.items()), initial=Urgency.NORMAL)
    lead = forms.CharField(label=_("派给"), max_length=120, required=False)
    ground = forms.CharField(label=_("派单依据"), max_length=500, required=False)
    reply = forms.CharField(
        label=_("当场答复（直办）"), max_length=TEXT_MOST, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    article = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("称呼"), max_length=60, required=False)
    phone = forms.CharField(label=_("另一个联系电话"), max_length=30, required=False)
    anonymous = forms.BooleanField(label=_("来电人要求匿名，不留号码"), required=False)
    allegation = forms.ChoiceField(label=_("反映的是"), choices=list(ALLEGATIONS.items()), required=False)
    respondent_unit = forms.CharField(label=_("被反映的单位"), max_length=120, required=False)
    reason = forms.ChoiceField(label=_("不予受理的理由"), choices=list(REASONS.items()), required=False)
    path = forms.ChoiceField(label=_("法定途径"), choices=list(PATHS.items()), required=False)
    explanation = forms.CharField(
        label=_("对来电人的说明（不填则用话术）"), max_length=TEXT_MOST, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    again = forms.BooleanField(label=_("来电人还有另一件事，保存后接着记"), required=False)

    def __init__(self, *args: Any, how: str = "", may_dispatch: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_dispatch, self._how = may_dispatch, how
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = category_choices()
        for one in self.fields.values():
            if not isinstance(one.widget, forms.CheckboxInput):
                one.widget.attrs["class"] = "form-select" if isinstance(one.widget, forms.Select) else "form-control"
        for name in ("lead", "respondent_unit"):
            self.fields[name].widget.attrs |= {"list": "units", "autocomplete": "off"}
        self.fields["area"].widget.attrs |= {"list": "places", "autocomplete": "off"}
        self.fields["body"].widget.attrs |= {"autofocus": True, "autocomplete": "off"}

    @property
    def how(self) -> Outcome:
        """What is to come of the call: what was asked for, or what the filled fields say."""
        if self._how:
            return Outcome(self._how)
        if self.data.get("reply", "").strip():
            return Outcome.ANSWERED
        return Outcome.DISPATCHED if self.data.get("lead", "").strip() and self.may_dispatch else Outcome.TAKEN_IN

    def clean_area(self) -> str:
        """The code of the place."""
        typed: str = self.cleaned_data["area"].strip()
        code = place_meant(typed) if typed else ""
        if code is None:
            raise forms.ValidationError(_("没有这个地点，请从提示中选，或留空并写在详细地点里。"))
        return code

    def clean_lead(self) -> str:
        """The code of the unit."""
        return self._unit("lead")

    def clean_respondent_unit(self) -> str:
        """The code of the unit."""
        return self._unit("respondent_unit")

    def _unit(self, name: str) -> str:
        typed: str = self.cleaned_data[name].strip()
        code = unit_code(typed) if typed else ""
        if code is None:
            raise forms.ValidationError(_("单位名录中没有“%(text)s”。") % {"text": typed})
        return code

    def clean(self) -> dict[str, Any]:
        """What each outcome asks for."""
        said = self.cleaned_data
        asked = {Outcome.DISPATCHED: "lead", Outcome.ANSWERED: "reply", Outcome.REFUSED: "reason"}.get(self.how)
        if self.how not in WITHOUT_WORDS and not said.get("body", "").strip():
            self.add_error("body", _("请写明来电人说了什么。"))
        if asked and asked not in self.errors and not said.get(asked):
            self.add_error(asked, NEEDED[asked])
        return said

    @property
    def units(self) -> list[KnownUnit]:
        """What the fields of units suggest."""
        return units_today()

    def wish(self, asked: Mapping[str, str]) -> Wish:
        """What is to come of the call. Call after `is_valid`. `asked` has the matter joined or followed, and so on."""
        said = self.cleaned_data
        return Wish(
            how=self.how, opening=self._opening() if said["body"].strip() else None, anonymous=said["anonymous"],
            lead=said["lead"], ground=said["ground"], reply=said["reply"], article=said["article"],
            main=asked.get("main", ""), urge=bool(asked.get("urge")), said=said["body"].strip(),
            reason=said["reason"], path=said["path"], explanation=said["explanation"],
            connected=asked.get("connected", ""), again=said["again"],
        )  # fmt: skip

    def _opening(self) -> Opening:
        said = self.cleaned_data
        return Opening(
            title=said["title"] or title_from(said["body"]),
            body=said["body"],
            kind=Kind(said["kind"]),
            urgency=Urgency(said["urgency"]),
            category=said["category"] or None,
            area=said["area"] or None,
            address=said["address"],
            allegation=Allegation(said["allegation"]),
            respondent_unit=said["respondent_unit"] or None,
            requester=Requester(said["name"], said["phone"]),
        )

    def take_over(self, refused: BadInput) -> None:
        """Show what the service refused beside its fields."""
        for error in refused.fields:
            name = NAMES.get(error.field, error.field)
            self.add_error(name if name in self.fields else None, str(error.message))


NEEDED: dict[str, Any] = {
    "lead": _("请写明派给哪个单位。"),
    "reply": _("请写明怎么答复的。"),
    "reason": _("请选择理由。"),
}
NAMES = {"ground_text": "ground", CITES: "reply"}
"""Inputs of the procedures → fields of this form."""


def may_dispatch(actor: Actor) -> bool:
    """Whether the seat sends matters to units itself, as the procedure in force has it."""
    name = rulebook.in_force("procedure", procedure_for(Kind.HELP), clock.today())
    action = rulebook.procedure(name).actions.get("dispatch")
    return action is not None and any(actor.may(DESK_RELATIONS[who]) for who in action.by if who in DESK_RELATIONS)


def sends_listed_only(actor: Actor) -> bool:
    """Whether what the list doesn't name is another's to send out: the guard `listed_for_operator`."""
    return not (actor.may(DISPATCH) or actor.may(SUPERVISE))

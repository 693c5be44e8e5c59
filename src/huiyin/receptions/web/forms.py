"""Forms of receptions, for citizens and for the desk."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Allegation, Kind
from huiyin.cases.services.open import Requester
from huiyin.cases.web.forms import ALLEGATIONS, KINDS, category_choices, email_field, township_choices, unit_code
from huiyin.engagements.bookings import WORDS_MOST, Wish
from huiyin.engagements.enums import Mode, Outcome
from huiyin.engagements.occasions import PLACE_MOST, REASON_MOST
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput
from huiyin.kernel.ids import normal_case_number
from huiyin.receptions import roster
from huiyin.receptions.activities import Done
from huiyin.receptions.carrying import MODES as FOLLOWING
from huiyin.receptions.carrying import Followed
from huiyin.receptions.dates import workday_from
from huiyin.receptions.planning import HELD_AT, Wanted
from huiyin.receptions.receiving import WORDS_MOST as RECORD_MOST
from huiyin.receptions.receiving import Said
from huiyin.receptions.rota import rota
from huiyin.receptions.web.words import MODES, OUTCOMES, rank_title

UNCHOSEN = "", _("请选择")
BETWEEN = re.compile("[、，,；;]+")


class DayInput(forms.DateInput):
    """A day as browsers' own field wants it, whatever the language."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"type": "date"})


class TimeInput(forms.TimeInput):
    """An hour likewise."""

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"type": "time"})


class Form(forms.Form):
    """Widgets in our style, and the services' refusals beside the fields they are about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect):
                field.widget.attrs.setdefault("class", kind)

    def take_over(self, refused: BadInput) -> None:
        """Show what the service refused beside its fields, or above all."""
        for error in refused.fields:
            self.add_error(error.field if error.field in self.fields else None, str(error.message))


def _text(label: Any, most: int, rows: int = 4, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _unit_field(label: Any, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"list": "units", "autocomplete": "off", "class": "form-control"})
    return forms.CharField(label=label, max_length=400, required=False, widget=widget, **more)


def _codes(text: str) -> list[str]:
    """Codes of the units named; ValidationError for a name that the list doesn't have."""
    found = []
    for piece in filter(None, (one.strip() for one in BETWEEN.split(text))):
        names = [piece] if unit_code(piece) else piece.split()
        for name in names:
            code = unit_code(name)
            if code is None:
                raise forms.ValidationError(_("没有名为“%(name)s”的单位。") % {"name": name})
            found.append(code)
    return list(dict.fromkeys(found))


class WishForm(Form):
    """Who wants to come, and what about."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("联系电话"), max_length=30, widget=forms.TextInput(attrs={"type": "tel"}))
    email = email_field()
    persons = forms.IntegerField(
        label=_("几个人来"), min_value=1, max_value=5, initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("同一件事最多5人，人多的请推选代表。"),
    )  # fmt: skip
    words = _text(_("要反映什么"), WORDS_MOST)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def wish(self) -> Wish:
        """What was wished. Call after `is_valid`."""
        said = self.cleaned_data
        person = Requester(said["name"], said["phone"], said["email"])
        return Wish(person, said["words"], said["persons"], key=said["key"])


class WishForSomebodyForm(WishForm):
    """The same, written by the desk for who rang, is invited, or has come."""

    number = forms.CharField(label=_("已有事项编号（来谈这件事的）"), max_length=20, required=False)

    def __init__(self, *args: Any, walk_in: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = not walk_in
        self.fields["persons"].label = _("人数")


class CodeForm(Form):
    """The code of a booking."""

    code = forms.CharField(
        label=_("预约码"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip


class RatingForm(Form):
    """Solved and satisfied, apart."""

    YES_NO = (("yes", _("是")), ("no", _("否")))
    solved = forms.ChoiceField(label=_("事情解决了吗"), choices=YES_NO, widget=forms.RadioSelect)
    satisfied = forms.ChoiceField(label=_("对这次接访满意吗"), choices=YES_NO, widget=forms.RadioSelect)


def leader_choices(day: date | None = None) -> list[tuple[str, Any]]:
    """Who receives today, by rank."""
    rows = roster.on_day(day or clock.today())
    return [UNCHOSEN, *((r.user.username, f"{r.user.display_name}（{rank_title(r.rank)}）") for r in rows)]


class PlanForm(Form):
    """An occasion: who, when, where, how."""

    host = forms.ChoiceField(label=_("接访领导"))
    mode = forms.ChoiceField(label=_("方式"), initial=Mode.OPEN_DOOR)
    day = forms.DateField(label=_("日期"), widget=DayInput())
    begins = forms.TimeField(label=_("开始"), widget=TimeInput())
    ends = forms.TimeField(label=_("结束"), widget=TimeInput())
    place = forms.CharField(label=_("地点"), max_length=PLACE_MOST, widget=forms.TextInput(attrs={"list": "rooms"}))
    area = forms.ChoiceField(label=_("所在乡镇街道（下访填）"), required=False)
    capacity = forms.IntegerField(label=_("接待几批"), min_value=1, max_value=40)
    minutes = forms.IntegerField(label=_("每批几分钟"), min_value=5, max_value=240)
    companions = _unit_field(_("需要到场的单位"), help_text=_("单位名称，多个用空格分开；提前通知其主要负责人。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        day = rota().day
        usual = {"begins": day.begins, "ends": day.ends, "capacity": day.capacity, "minutes": day.minutes}
        kwargs["initial"] = usual | {"place": rota().rooms[0]} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("host", leader_choices()), ("area", township_choices()),
            ("mode", [(mode, title) for mode, title in MODES.items() if mode in HELD_AT]),
        ):  # fmt: skip
            found = self.fields[name]
            assert isinstance(found, forms.ChoiceField)
            found.choices = choices
        self.rooms = rota().rooms

    def clean_companions(self) -> list[str]:
        return _codes(self.cleaned_data["companions"])

    def wanted(self) -> Wanted:
        """What is to be planned. Call after `is_valid`."""
        said = self.cleaned_data
        return Wanted(
            host=said["host"], day=said["day"], begins=said["begins"], ends=said["ends"], place=said["place"],
            mode=said["mode"], capacity=said["capacity"], minutes=said["minutes"], area=said["area"] or None,
            companions=tuple(said["companions"]),
        )  # fmt: skip


class PostponeForm(PlanForm):
    """The same at another time, and why."""

    reason = forms.CharField(label=_("改期原因（公开，并告知预约的人）"), max_length=REASON_MOST)


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(label=_("原因（公开，并告知预约的人）"), max_length=REASON_MOST)


class RecordForm(Form):
    """What took place, and what it led to."""

    outcome = forms.ChoiceField(label=_("结果"), widget=forms.RadioSelect)
    words = _text(_("接访记录：怎么谈的、怎么答复的"), RECORD_MOST, 5, required=False)
    persons = forms.IntegerField(label=_("到场人数"), min_value=1, max_value=5)
    unit = _unit_field(_("主办单位（交办的填）"))
    assist = _unit_field(_("协办单位"))
    due_on = forms.DateField(label=_("约定办结日期（交办的填）"), required=False, widget=DayInput())
    kind = forms.ChoiceField(label=_("诉求类型"), required=False, initial=Kind.HELP)
    category = forms.ChoiceField(label=_("类别"), required=False)
    area = forms.ChoiceField(label=_("所在街道或乡镇"), required=False)
    matter = _text(_("交办事项（不填就用预约时写的）"), RECORD_MOST, 3, required=False)
    allegation = forms.ChoiceField(label=_("反映的是"), choices=list(ALLEGATIONS.items()), required=False)
    respondent_unit = _unit_field(_("被反映的单位"))
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = [Outcome.ANSWERED, Outcome.GUIDED, Outcome.ASSIGNED, Outcome.CARRIED]
        ways += [Outcome.FOLLOWED] if known else []
        kinds = [(kind, title) for kind, title in KINDS.items() if kind != Kind.CONSULT]
        for name, choices in (
            ("outcome", [(way, OUTCOMES[way]) for way in ways]), ("kind", kinds), ("category", category_choices()),
            ("area", township_choices()),
        ):  # fmt: skip
            found = self.fields[name]
            assert isinstance(found, forms.ChoiceField)
            found.choices = choices
        if not self.is_bound:
            self.fields["due_on"].initial = workday_from(clock.today() + timedelta(days=rota().answer_days))

    def _one(self, name: str) -> str | None:
        codes = _codes(self.cleaned_data[name])
        if len(codes) > 1:
            raise forms.ValidationError(_("只填一个单位。"))
        return codes[0] if codes else None

    def clean_unit(self) -> str | None:
        return self._one("unit")

    def clean_respondent_unit(self) -> str | None:
        return self._one("respondent_unit")

    def clean_assist(self) -> list[str]:
        return _codes(self.cleaned_data["assist"])

    def said(self) -> Said:
        """What was written. Call after `is_valid`."""
        told = self.cleaned_data
        return Said(
            outcome=Outcome(told["outcome"]), words=told["words"], matter=told["matter"], persons=told["persons"],
            unit=told["unit"], assist=tuple(told["assist"]), due_on=told["due_on"],
            kind=Kind(told["kind"] or Kind.HELP), category=told["category"] or None, area=told["area"] or None,
            allegation=Allegation(told["allegation"]),
            respondent_unit=told["respondent_unit"], key=told["key"],
        )  # fmt: skip


class FollowForm(Form):
    """A follow-up of a carried matter."""

    mode = forms.ChoiceField(label=_("方式"), widget=forms.RadioSelect, initial=Mode.HOME)
    day = forms.DateField(label=_("日期"), widget=DayInput())
    begins = forms.TimeField(label=_("时间"), widget=TimeInput())
    place = forms.CharField(label=_("地点"), max_length=PLACE_MOST, help_text=_("写到村或社区，不写门牌。"))
    persons = forms.IntegerField(label=_("见到几个人"), min_value=1, max_value=9999, initial=1)
    words = _text(_("走访情况"), RECORD_MOST)
    solved = forms.ChoiceField(
        label=_("当事人说解决了吗"), choices=[("no", _("还没有")), ("yes", _("解决了（事解），包案到此结束"))],
        widget=forms.RadioSelect, initial="no",
    )  # fmt: skip
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.fields["mode"]
        assert isinstance(found, forms.ChoiceField)
        found.choices = [(mode, MODES[mode]) for mode in FOLLOWING]
        now = clock.local(clock.now())
        self.fields["day"].initial, self.fields["begins"].initial = now.date(), now.time().replace(second=0)

    def followed(self) -> Followed:
        """What was written. Call after `is_valid`."""
        said = self.cleaned_data
        at = datetime.combine(said["day"], said["begins"], clock.zone())
        return Followed(
            said["mode"], at, said["place"], said["words"], said["solved"] == "yes", said["persons"], said["key"]
        )


class HandOverForm(Form):
    """To whom, and why."""

    username = forms.ChoiceField(label=_("移交给"), choices=leader_choices)
    reason = forms.CharField(label=_("原因"), max_length=REASON_MOST)


class TakeOnForm(Form):
    """A matter that came by another door, carried from today."""

    number = forms.CharField(label=_("事项编号"), max_length=20)
    username = forms.ChoiceField(label=_("包案领导"), choices=leader_choices)
    due_on = forms.DateField(label=_("约定解决日期"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = workday_from(clock.today() + timedelta(days=rota().carry_days))


class ReceiverForm(Form):
    """Somebody who receives from a day on."""

    username = forms.CharField(
        label=_("用户名"), max_length=60, help_text=_("管理员建的账号，须有市领导、单位负责人等岗位。")
    )
    rank = forms.ChoiceField(label=_("职级"))
    unit = _unit_field(_("单位"))
    duty = forms.CharField(label=_("分管（公示用）"), max_length=120, required=False)
    since = forms.DateField(label=_("自"), widget=DayInput(), initial=clock.today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found, language = self.fields["rank"], get_language() or "zh"
        assert isinstance(found, forms.ChoiceField)
        found.choices = [UNCHOSEN, *((name, one.title.in_(language)) for name, one in rota().ranks.items())]

    def clean_unit(self) -> str:
        codes = _codes(self.cleaned_data["unit"])
        if len(codes) != 1:
            raise forms.ValidationError(_("请填写一个单位。"))
        return codes[0]


class ActivityForm(Form):
    """An activity of a programme."""

    item = forms.ChoiceField(label=_("活动"))
    day = forms.DateField(label=_("日期"), widget=DayInput(), initial=clock.today)
    leader = forms.ChoiceField(label=_("领导"), choices=leader_choices)
    place = forms.CharField(label=_("地点"), max_length=PLACE_MOST)
    area = forms.ChoiceField(label=_("街道或乡镇"), required=False, choices=township_choices)
    people = forms.IntegerField(label=_("见到多少人"), min_value=0)
    words = _text(_("做了什么"), 2000, 3, required=False)
    numbers = forms.CharField(
        label=_("带回的事项编号"), max_length=600, required=False, help_text=_("多个用空格分开。")
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found, language = self.fields["item"], get_language() or "zh"
        assert isinstance(found, forms.ChoiceField)
        found.choices = [UNCHOSEN] + [
            (one.title.in_(language), [(f"{name} {item}", title.in_(language)) for item, title in one.items.items()])
            for name, one in rota().programmes.items()
        ]

    def clean_numbers(self) -> tuple[str, ...]:
        """The numbers as we write them."""
        found = []
        for typed in BETWEEN.sub(" ", self.cleaned_data["numbers"]).split():
            number = normal_case_number(typed)
            if number is None:
                raise forms.ValidationError(_("“%(typed)s”不是事项编号。") % {"typed": typed})
            found.append(number)
        return tuple(dict.fromkeys(found))

    def done(self) -> Done:
        """What was written. Call after `is_valid`."""
        said = self.cleaned_data
        programme, _space, item = said["item"].partition(" ")
        return Done(
            programme, item, said["day"], said["leader"], said["place"], said["people"], said["words"],
            said["area"] or None, said["numbers"], said["key"],
        )  # fmt: skip

"""Forms of the pages: a new matter, and whatever inputs an action asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import catalogue, echo
from huiyin.cases.enums import Allegation, Channel, Kind, Urgency
from huiyin.cases.inputs import CITES, FILES_MOST, TEXT_MOST, speaks
from huiyin.cases.originals import TITLE_MOST
from huiyin.cases.procedures.spec import Action, Input, InputType
from huiyin.cases.services.open import Opening, Requester, title_from
from huiyin.files.services import store
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.org.reference import KnownUnit, org
from huiyin.people.models import User

KINDS: dict[str, Any] = {
    Kind.HELP: _("求助"),
    Kind.COMPLAINT: _("投诉"),
    Kind.CONSULT: _("咨询"),
    Kind.SUGGESTION: _("建议"),
    Kind.REPORT: _("举报"),
    Kind.PRAISE: _("表扬"),
    Kind.OTHER: _("其他"),
}
URGENCIES: dict[str, Any] = {
    Urgency.NORMAL: _("一般"),
    Urgency.URGENT: _("紧急（水电气暖等）"),
    Urgency.DANGER: _("危及安全"),
}
CHANNELS: dict[str, Any] = {
    Channel.PHONE: _("电话"),
    Channel.WEB: _("网站"),
    Channel.WECHAT: _("微信"),
    Channel.APP: _("客户端"),
    Channel.SMS: _("短信"),
    Channel.COUNTER: _("窗口"),
    Channel.MAILBOX: _("书记、市长信箱"),
    Channel.LETTER: _("来信"),
    Channel.RECEPTION: _("领导接访"),
    Channel.UPSTREAM: _("上级转来"),
    Channel.API: _("接口"),
    Channel.OTHER: _("其他"),
}
ALLEGATIONS: dict[str, Any] = {
    Allegation.NONE: _("不涉及"),
    Allegation.SERVICE: _("单位该办没办、拖延或办得不好"),
    Allegation.FIRM: _("举报企业、商户或个人"),
    Allegation.CONDUCT: _("工作人员的态度或作风"),
    Allegation.WRONGDOING: _("检举控告单位或工作人员违纪违法"),
}
ECHO_REASONS: dict[str, Any] = {
    echo.UNANSWERED: _("逾期未答复"),
    echo.NOT_TAKEN_UP: _("无人接手"),
    echo.NOT_FOLLOWED_UP: _("回访或重办未做"),
}
SCHEME = "jieshou"
ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf,.docx,.xlsx,.txt,audio/*"
STAFF_MOST = 1000
UNIT_ROWS = 3
"""Fields shown for an input that takes several units."""


def email_field() -> forms.EmailField:
    """An address that may be left out; a wrong one is said in the page's words."""
    wrong = {"invalid": _("电子邮箱写得不对，请核对。")}
    return forms.EmailField(label=_("电子邮箱"), max_length=254, required=False, error_messages=wrong)


def township_choices() -> list[tuple[str, Any]]:
    """The streets and towns, after an empty choice."""
    towns = [area for area in org().areas.values() if area.level == "township"]
    return [("", _("不清楚或不限")), *((area.code, area.named().name) for area in towns)]


def category_choices() -> list[tuple[Any, Any]]:
    """The city's categories in their groups, after an empty choice."""
    rows = catalogue.in_scheme(SCHEME)
    groups = [
        (catalogue.label_of(top), [(c.key, catalogue.label_of(c)) for c in rows if c.parent_id == top.key])
        for top in rows
        if top.level == 1
    ]
    return [("", _("不确定，请工作人员判断")), *groups]


class ManyFiles(forms.FileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; its cleaned value is a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=ManyFiles(attrs={"accept": ACCEPTED}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        """Each file by itself; none is an empty list."""
        given = data if isinstance(data, (list, tuple)) else [data]
        kept = [super(FilesField, self).clean(one, initial) for one in given if one]
        return kept or ([super().clean(None, initial)] if self.required else [])


def keep_files(uploads: "Sequence[UploadedFile[Any]]", actor: Actor, once: str, field_name: str) -> list[UUID]:
    """Store what a form brought; the same form sent twice stores it once. BadInput names the field."""
    if len(uploads) > FILES_MOST:
        raise BadInput(FieldError(field_name, _("最多%(most)s个文件。") % {"most": FILES_MOST}))
    kept: list[UUID] = []
    for n, upload in enumerate(uploads):
        if upload.file is None:
            continue
        try:
            kept.append(store(upload.file, name=upload.name or "", actor=actor.key, once=f"{once}/{n}").pk)
        except BadInput as error:
            wrong = (
                FieldError(field_name, _("%(file)s：%(why)s") % {"file": upload.name, "why": e.message})
                for e in error.fields
            )
            raise BadInput(*wrong, what=error.what) from error
    return kept


class MatterForm(forms.Form):
    """A matter in the citizen's own words; only the words are required."""

    body = forms.CharField(
        label=_("请说说您遇到的事"),
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 6, "autofocus": True}),
        error_messages={"required": _("请写明您遇到的事。")},
    )
    kind = forms.ChoiceField(label=_("这是"), choices=list(KINDS.items()), initial=Kind.HELP, widget=forms.RadioSelect)
    area = forms.ChoiceField(label=_("在哪个街道或乡镇"), required=False)
    address = forms.CharField(label=_("详细地点"), max_length=200, required=False)
    category = forms.ChoiceField(label=_("类别"), required=False)
    name = forms.CharField(label=_("怎么称呼您"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("联系电话"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = email_field()
    allegation = forms.ChoiceField(label=_("反映的是"), choices=list(ALLEGATIONS.items()), required=False)
    respondent_unit = forms.CharField(label=_("被反映的单位"), max_length=120, required=False)
    photos = FilesField(label=_("照片或材料"), required=False)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("area", township_choices), ("category", category_choices)):
            found = self.fields[name]
            assert isinstance(found, forms.ChoiceField)
            found.choices = choices()
        for one in self.fields.values():
            style = "form-select" if isinstance(one.widget, forms.Select) else "form-control"
            if not isinstance(one.widget, forms.RadioSelect):
                one.widget.attrs["class"] = style
        self.fields["respondent_unit"].widget.attrs |= {"list": "units", "autocomplete": "off"}
        self.fields["body"].widget.attrs["autofocus"] = not self.is_bound  # shown again, the page leads to what is open

    def clean_respondent_unit(self) -> str:
        """The unit's code; a name that the list of units doesn't have is refused."""
        text: str = self.cleaned_data["respondent_unit"].strip()
        code = unit_code(text) if text else ""
        if code is None:
            raise forms.ValidationError(str(_unknown("respondent_unit", text).message))
        return code

    @property
    def units(self) -> list[KnownUnit]:
        """What the field of the unit complained of suggests."""
        return units_today()

    def opening(self, channel: Channel, actor: Actor) -> Opening:
        """What was said, ready to be taken in, its files stored. Call after `is_valid`. BadInput for a bad file."""
        said = self.cleaned_data
        return Opening(
            title=title_from(said["body"]),
            body=said["body"],
            channel=channel,
            kind=Kind(said["kind"]),
            category=said["category"] or None,
            area=said["area"] or None,
            address=said["address"],
            allegation=Allegation(said["allegation"]),
            respondent_unit=said["respondent_unit"] or None,
            requester=Requester(said["name"], said["phone"], said["email"]),
            key=said["key"],
            files=tuple(keep_files(said["photos"], actor, f"{said['key']}/photos", "photos")),
        )

    def take_over(self, refused: BadInput) -> None:
        """Show what the service refused beside its fields."""
        for error in refused.fields:
            self.add_error(error.field if error.field in self.fields else None, str(error.message))


class IntakeForm(MatterForm):
    """The operator's form: the citizen's, with channel, heading and urgency."""

    title = forms.CharField(label=_("标题"), max_length=TITLE_MOST, required=False)
    channel = forms.ChoiceField(label=_("来源"), choices=list(CHANNELS.items()), initial=Channel.PHONE)
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=list(URGENCIES.items()), initial=Urgency.NORMAL)
    accept = forms.BooleanField(label=_("同时受理"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label, self.fields["name"].label = _("诉求内容"), _("诉求人称呼")


@dataclass
class Field:
    """One input of an action as a page shows it."""

    name: str
    asked: Input
    value: Any = ""
    error: str = ""
    units: list[KnownUnit] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.asked.title.in_(get_language() or "zh")

    @property
    def help(self) -> str:
        return self.asked.help.in_(get_language() or "zh") if self.asked.help else ""

    @property
    def type(self) -> str:
        return str(self.asked.type)

    @property
    def accepted(self) -> str:
        return ACCEPTED

    @property
    def few(self) -> bool:
        """Whether the choices fit beside each other."""
        return len(self.asked.choices) <= 4

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        language = get_language() or "zh"
        return [(key, title.in_(language), key == self.value) for key, title in self.asked.choices.items()]

    @property
    def groups(self) -> list[tuple[Any, Any]]:
        """The options of a category or an area, in their groups; those of the unnamed group stand by themselves."""
        if self.asked.type is InputType.AREA:
            return [("", township_choices())]
        empty, *groups = category_choices()
        return [("", [empty]), *groups]

    @property
    def rows(self) -> list[str]:
        """The values of an input of several units, padded with empty ones."""
        given = list(self.value) if isinstance(self.value, (list, tuple)) else []
        return [*given, *[""] * max(1, UNIT_ROWS - len(given))]


def fields_of(action: Action, given: Mapping[str, Any], errors: Iterable[FieldError] = ()) -> list[Field]:
    """The inputs of an action with what was typed and what was wrong with it."""
    wrong = {error.field: str(error.message) for error in errors}
    return [Field(name, asked, given.get(name, ""), wrong.get(name, "")) for name, asked in action.inputs.items()]


def read_action(action: Action, request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """What a page's form gave, by the names of the action's inputs: units by name or code become codes, files are
    stored and become ids. Raises BadInput for a unit that isn't known, and for a file that can't be kept.
    """
    data, given = request.POST, dict[str, Any]()
    errors = []
    for name, asked in action.inputs.items():
        if asked.type is InputType.UNITS:
            typed = [text.strip() for text in data.getlist(name) if text.strip()]
            codes = [unit_code(text) for text in typed]
            errors += [_unknown(name, t) for t, code in zip(typed, codes, strict=True) if code is None]
            given[name] = [code for code in codes if code]
        elif asked.type is InputType.PEOPLE:
            typed = [text.strip() for text in data.getlist(name) if text.strip()]
            known = people_named(typed)
            errors += [_nobody(name, text) for text in typed if text not in known]
            given[name] = [known[text] for text in typed if text in known]
        elif asked.type is InputType.UNIT:
            text = data.get(name, "").strip()
            code = unit_code(text) if text else ""
            errors += [_unknown(name, text)] if code is None else []
            given[name] = code or ""
        elif asked.type is InputType.FILES:
            uploads = request.FILES.getlist(name)
            given[name] = [str(one) for one in keep_files(uploads, actor, f"{data.get('key', '')}/{name}", name)]
        else:
            given[name] = data.get(name, "")
    if errors:
        raise BadInput(*errors)
    given[CITES] = data.getlist(CITES) if speaks(action) else []
    return {name: value for name, value in given.items() if value not in ("", [])}


def _unknown(name: str, text: str) -> FieldError:
    return FieldError(name, _("单位名录中没有“%(text)s”。") % {"text": text})


def _nobody(name: str, text: str) -> FieldError:
    return FieldError(name, _("没有这位工作人员，或有同名的人：%(text)s。请填账号。") % {"text": text})


def people_named(typed: Sequence[str]) -> dict[str, str]:
    """What was typed → the username meant, by username or by a name that one person bears."""
    if not typed:
        return {}
    rows = User.objects.filter(Q(username__in=typed) | Q(display_name__in=typed))
    found = {user.username: user.username for user in rows}
    for text in typed:
        bearers = [user.username for user in rows if user.display_name == text]
        if text not in found and len(bearers) == 1:
            found[text] = bearers[0]
    return {text: found[text] for text in typed if text in found}


def staff() -> list[User]:
    """People in office, for the field's suggestions."""
    rows = User.objects.filter(is_active=True, postings__valid_to=None, postings__isnull=False)
    return list(rows.distinct().order_by("username")[:STAFF_MOST])


def unit_code(text: str) -> str | None:
    """The unit meant by a code or a name; None when there is none or more than one."""
    known = org().unit(text) or org().find_unit(text)
    return known.code if known else None


def units_today() -> list[KnownUnit]:
    """The confirmed units in force, for the field's suggestions."""
    today = clock.today()
    return [unit for unit in org().units.values() if unit.confirmed and unit.in_force(today)]

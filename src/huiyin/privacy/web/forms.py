"""The form of a request, for the person and for the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.cases.enums import Channel
from huiyin.cases.inputs import TEXT_MOST
from huiyin.cases.web.forms import email_field
from huiyin.kernel.errors import BadInput
from huiyin.kernel.ids import normal_case_number
from huiyin.people.parties import Contact
from huiyin.privacy.requests import Wanted

WISHES: dict[str, Any] = {
    "copy": _("查阅、复制我的个人信息"),
    "correct": _("更正我的联系方式"),
    "delete": _("删除我的个人信息"),
}
TOLD: dict[str, Any] = {"copy": _("查阅、复制"), "correct": _("更正联系方式"), "delete": _("删除")}
"""The same as the desk says it."""
IDENTITIES: dict[str, Any] = {
    "": _("尚未核验"),
    "document": _("当面出示证件"),
    "called_back": _("回拨留存电话"),
}
DOORS: dict[str, Any] = {Channel.COUNTER: _("窗口"), Channel.PHONE: _("电话"), Channel.LETTER: _("来信")}


class RequestForm(forms.Form):
    """What somebody asks of the data of matters whose access codes they have shown in this browser."""

    wish = forms.ChoiceField(label=_("我要"), choices=list(WISHES.items()), initial="copy", widget=forms.RadioSelect)
    others = forms.MultipleChoiceField(label=_("一并处理的其他事项"), required=False, choices=[])
    name = forms.CharField(label=_("姓名"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("电话"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )  # fmt: skip
    email = email_field()
    address = forms.CharField(label=_("住址"), max_length=200, required=False)
    body = forms.CharField(
        label=_("说明（可不填）"), max_length=TEXT_MOST, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, others: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.fields["others"]
        assert isinstance(found, forms.MultipleChoiceField)
        found.choices = [(number, number) for number in others]
        for one in self.fields.values():
            if not isinstance(one.widget, forms.RadioSelect):
                one.widget.attrs["class"] = "form-select" if isinstance(one.widget, forms.Select) else "form-control"

    def wanted(self, numbers: list[str], **more: Any) -> Wanted:
        """What was asked. Call after `is_valid`."""
        said = self.cleaned_data
        contact = Contact(said["name"], said["phone"], said["email"], said["address"])
        return Wanted(
            said["wish"], numbers + said["others"], contact=contact, body=said["body"], key=said["key"], **more
        )  # fmt: skip

    def take_over(self, refused: BadInput) -> None:
        """Show what the service refused beside its fields."""
        for error in refused.fields:
            self.add_error(error.field if error.field in self.fields else None, str(error.message))


class DeskForm(RequestForm):
    """A request at the counter or by telephone: the desk names the matters and how identity was checked."""

    wish = forms.ChoiceField(
        label=_("请求事项"), choices=list(TOLD.items()), initial="copy", widget=forms.RadioSelect
    )  # fmt: skip
    matters = forms.CharField(label=_("事项编号（多个用空格分开）"), max_length=600)
    channel = forms.ChoiceField(label=_("来源"), choices=list(DOORS.items()), initial=Channel.COUNTER)
    identity = forms.ChoiceField(label=_("身份核验"), choices=list(IDENTITIES.items()), required=False)

    def clean_matters(self) -> list[str]:
        """The numbers as we write them."""
        found = []
        for typed in self.cleaned_data["matters"].replace("、", " ").replace("，", " ").replace(",", " ").split():
            number = normal_case_number(typed)
            if number is None:
                raise forms.ValidationError(_("“%(typed)s”不是事项编号。") % {"typed": typed})
            found.append(number)
        return found

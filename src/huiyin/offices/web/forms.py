"""Forms of the officers' pages."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.access.roles import roles
from huiyin.cases.web.forms import email_field
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput
from huiyin.org.reference import org


class OfficeForm(forms.Form):
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


class DayInput(forms.DateInput):
    """A day as browsers' own field wants it, whatever the language."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"type": "date"})


UNCHOSEN = "", _("请选择")


def units() -> list[tuple[str, str]]:
    """Code and name of the units in force today."""
    today = clock.today()
    return [(unit.code, org().label_of(unit.code)) for unit in org().units.values() if unit.in_force(today)]


def role_choices() -> list[tuple[str, str]]:
    english = (get_language() or "").startswith("en")
    return [(name, role.title.en if english else role.title.zh) for name, role in roles().items()]


class PersonForm(OfficeForm):
    """What is known of a person."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    email = email_field()


class NewForm(PersonForm):
    """The same with the name to sign in with."""

    username = forms.CharField(
        label=_("用户名"), max_length=60, help_text=_("登录用，定了不能改，停用后也不再分给别人。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
    field_order = ("username", "name", "phone", "email")


class PostingForm(OfficeForm):
    """A role in a unit from a day on."""

    unit = forms.ChoiceField(label=_("单位"), choices=lambda: [UNCHOSEN, *units()])
    role = forms.ChoiceField(label=_("岗位"), choices=lambda: [UNCHOSEN, *role_choices()])
    since = forms.DateField(label=_("自"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label=_("至"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("不填为长期。")
    )


class PasswordForm(OfficeForm):
    """A password, twice; and a code of who has a second factor."""

    password = forms.CharField(
        label=_("新密码"), strip=False, help_text=_("至少10个字符，不要用常见的词。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("再输一遍"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    code = forms.CharField(
        label=_("验证码"), max_length=60, help_text=_("手机验证器上显示的6位数字；手机不在手边的，输入一个恢复码。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )  # fmt: skip

    def __init__(self, *args: Any, asks_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_code:
            del self.fields["code"]

    def clean_again(self) -> str:
        """The same as the first one."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("两次输入的不一样。"))
        return again

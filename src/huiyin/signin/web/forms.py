"""Forms of the second step and of one's own account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.errors import BadInput


class Form(forms.Form):
    """Widgets in our style, and the services' refusals beside the fields they are about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

    def take_over(self, refused: BadInput) -> None:
        """Show what the service refused beside its fields, or above all."""
        for error in refused.fields:
            self.add_error(error.field if error.field in self.fields else None, str(error.message))


def _code(**attrs: Any) -> forms.CharField:
    shown = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", **attrs}
    return forms.CharField(label=_("验证码"), max_length=60, widget=forms.TextInput(attrs=shown))


class CodeForm(Form):
    """A code, from the telephone or from paper."""

    code = _code(autofocus=True)


class ProofForm(Form):
    """The same on a page that has other forms."""

    code = _code()


class ChangeForm(Form):
    """One's own password: the present one, and the new one twice; a code where there is a second factor."""

    old = forms.CharField(
        label=_("现在的密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("新密码"), strip=False, help_text=_("至少10个字符，不要用常见的词。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=_("再输一遍"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    code = _code(id="id_password_code")

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

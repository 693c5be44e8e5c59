"""The form of a new partner."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.exchange.adapters import adapter
from huiyin.kernel.errors import BadInput


class PartnerForm(forms.Form):
    """Which platform, and how it is spoken to."""

    name = forms.CharField(
        label=_("代号"), max_length=30, help_text=_("小写字母、数字和连字符，如 province；以后不能改。")
    )
    adapter_name = forms.ChoiceField(label=_("接口"))
    url = forms.CharField(label=_("网址"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"}))
    secret = forms.CharField(
        label=_("密钥"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("对方给的密钥，形如 whsec_…；不填就新生成一个。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adapter_name"].choices = [(one, one) for one in sorted(adapter)]  # type: ignore[attr-defined]
        for field in self.fields.values():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs.setdefault("class", kind)

    def take_over(self, refused: BadInput) -> None:
        """Show what the service refused beside its fields."""
        for error in refused.fields:
            named = {"adapter": "adapter_name"}.get(error.field, error.field)
            self.add_error(named if named in self.fields else None, str(error.message))

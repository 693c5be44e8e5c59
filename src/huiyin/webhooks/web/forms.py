"""The form of a new subscription."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.errors import BadInput
from huiyin.webhooks.subscriptions import NAME_MOST


class ReplayForm(forms.Form):
    """From when on everything is sent again."""

    hours = forms.TypedChoiceField(
        label=_("从何时起"), coerce=int,
        choices=[(1, _("近一小时")), (24, _("近一天")), (168, _("近七天")), (720, _("近三十天"))],
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip


class SubscriptionForm(forms.Form):
    """Who is told, of what."""

    name = forms.CharField(label=_("名称"), max_length=NAME_MOST)
    url = forms.CharField(label=_("网址"), max_length=500, widget=forms.URLInput(attrs={"placeholder": "https://"}))
    username = forms.CharField(
        label=_("接口账号"), max_length=60, help_text=_("无人登录的账号；它的岗位决定通知哪些事项。")
    )
    kinds = forms.CharField(
        label=_("事件种类"), max_length=600, required=False,
        help_text=_("如 accept close，见参考文档；不填为全部。"),
    )  # fmt: skip
    past = forms.BooleanField(
        label=_("从何时起"), required=False,
        widget=forms.Select(choices=[("", _("从现在起")), ("1", _("从最早的记录起"))]),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs.setdefault("class", kind)

    def clean_kinds(self) -> list[str]:
        """The kinds one by one."""
        said: str = self.cleaned_data["kinds"]
        return said.replace("，", " ").replace(",", " ").split()

    def take_over(self, refused: BadInput) -> None:
        """Show what the service refused beside its fields."""
        for error in refused.fields:
            self.add_error(error.field if error.field in self.fields else None, str(error.message))

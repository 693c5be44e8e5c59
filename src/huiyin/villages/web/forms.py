"""Forms of village posts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.cases.inputs import TEXT_MOST
from huiyin.cases.web.forms import ALLEGATIONS, category_choices, unit_code
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput
from huiyin.villages.lists import ENCODINGS
from huiyin.villages.models import Post, PostKind, Sort


class PageForm(forms.Form):
    """Fields in the page's looks; what a service refuses is shown beside them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            one.widget.attrs["class"] = "form-select" if isinstance(one.widget, forms.Select) else "form-control"

    def take_over(self, refused: BadInput) -> None:
        """Show what the service refused."""
        for error in refused.fields:
            self.add_error(error.field if error.field in self.fields else None, str(error.message))


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class AppointForm(PageForm):
    """Whom to appoint."""

    kind = forms.ChoiceField(label=_("岗位"), choices=PostKind.choices)
    name = forms.CharField(label=_("姓名"), max_length=60)
    office = forms.CharField(label=_("派出所或律师事务所"), max_length=120)
    phone = forms.CharField(label=_("公开电话"), max_length=30, widget=forms.TextInput(attrs={"type": "tel"}))
    since = _day(_("任期从"))
    until = _day(_("任期到"))
    duty_days = forms.CharField(
        label=_("每月几号值班"), max_length=60, help_text=_("如“5、20”；没有那一天的月份在最后一天。")
    )


class ListForm(PageForm):
    """A list of officers and lawyers to take in."""

    file = forms.FileField(label=_("名单（CSV或XLSX）"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}))
    encoding = forms.ChoiceField(label=_("CSV的编码"), choices=list(ENCODINGS.items()), required=False)

    def clean_encoding(self) -> str:
        """The first where none is chosen."""
        return self.cleaned_data["encoding"] or next(iter(ENCODINGS))


class PresenceForm(PageForm):
    """That somebody was there."""

    post = forms.ChoiceField(label=_("谁"))
    day = _day(_("哪天"))
    sort = forms.ChoiceField(label=_("做了什么"), choices=Sort.choices)
    people = forms.IntegerField(label=_("见了多少人"), min_value=0, max_value=9999, initial=0)

    def __init__(self, *args: Any, posts: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, posts)
        self.fields["day"].initial = clock.today()


class ReferForm(PageForm):
    """A matter to hand on."""

    post = forms.ChoiceField(label=_("由谁转来"))
    body = forms.CharField(label=_("群众反映的事"), max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 4}))
    category = forms.ChoiceField(label=_("类别"), required=False)
    name = forms.CharField(label=_("群众姓名"), max_length=60, required=False)
    phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    allegation = forms.ChoiceField(
        label=_("反映的是"), choices=list(ALLEGATIONS.items()), required=False,
        help_text=_("检举控告密封交有权审查的机构，这里不留痕迹。"),
    )  # fmt: skip
    respondent_unit = forms.CharField(label=_("被反映的单位"), max_length=120, required=False)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, posts: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, posts)
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = category_choices()

    def clean_respondent_unit(self) -> str | None:
        """The unit's code; None where none is named."""
        text: str = self.cleaned_data["respondent_unit"].strip()
        code = unit_code(text) if text else None
        if text and code is None:
            raise forms.ValidationError(_("没有这个单位。"))
        return code


def _offer(form: forms.Form, posts: list[Post]) -> None:
    field = form.fields["post"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(str(post.pk), f"{post.get_kind_display()} {post.name}{_term(post)}") for post in posts]


def _term(post: Post) -> str:
    """The term of a post that is over; "" for one that is held."""
    over = post.until < clock.today()
    return f" {post.since:%Y-%m-%d}–{post.until:%Y-%m-%d}" if over else ""

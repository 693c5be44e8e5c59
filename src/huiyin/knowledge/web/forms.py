"""The form in which an article is written, and those of what is done with one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.web.forms import FilesField, category_choices
from huiyin.kernel.errors import BadInput
from huiyin.knowledge import editing, policies
from huiyin.knowledge.models import Article, Revision
from huiyin.org.reference import org


class DayInput(forms.DateInput):
    """A day as browsers' own field wants it, whatever the language."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"type": "date"})


class KnowledgeForm(forms.Form):
    """Widgets in our style, and the services' refusals beside the fields they are about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs.setdefault("class", kind)

    def take_over(self, refused: BadInput) -> None:
        """Show what the service refused beside its fields, or above all."""
        for error in refused.fields:
            self.add_error(error.field if error.field in self.fields else None, str(error.message))


class ArticleForm(KnowledgeForm):
    """One revision of an article."""

    unit = forms.ChoiceField(label=_("承办单位"), help_text=_("负责让这条知识保持正确。"))
    category = forms.ChoiceField(label=_("类别"), required=False)
    question = forms.CharField(
        label=_("问题"), max_length=editing.QUESTION_MOST, help_text=_("用群众的话写，比如“公积金怎么取”。")
    )
    words = forms.CharField(
        label=_("别的问法"), max_length=editing.WORDS_MOST, required=False,
        help_text=_("群众还会怎么说，用空格隔开；查找时和问题一样算。"),
    )  # fmt: skip
    answer = forms.CharField(
        label=_("简短答复"), max_length=editing.ANSWER_MOST, required=False,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("电话里照着念就行：怎么办、去哪里、带什么、多久。"),
    )  # fmt: skip
    body = forms.CharField(
        label=_("详细内容"), max_length=editing.BODY_MOST, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    basis = forms.CharField(
        label=_("依据"), max_length=editing.BASIS_MOST, required=False, help_text=_("文件名称、文号和条款。")
    )
    valid_from = forms.DateField(label=_("生效"), required=False, widget=DayInput())
    valid_to = forms.DateField(label=_("失效"), required=False, widget=DayInput(), help_text=_("不填为长期有效。"))
    review_on = forms.DateField(label=_("下次复核"), required=False, widget=DayInput())
    owner = forms.ChoiceField(label=_("责任人"), required=False)
    public = forms.BooleanField(label=_("公开：列入门户的“常见问题”"), required=False)
    papers = FilesField(label=_("附件"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, fixed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = {code: org().label_of(code) for code in sorted(actor.units_with(policies.WRITE))}
        choice, category, owner = (self.fields[name] for name in ("unit", "category", "owner"))
        assert isinstance(choice, forms.ChoiceField)
        assert isinstance(category, forms.ChoiceField)
        assert isinstance(owner, forms.ChoiceField)
        choice.choices = [(fixed, org().label_of(fixed))] if fixed else [("", _("请选择")), *units.items()]
        category.choices = [("", _("不限类别")), *category_choices()[1:]]
        people = editing.owners(fixed) if fixed else []
        owner.choices = [("", _("由批准的人负责")), *((user.username, user.display_name) for user in people)]

    def said(self) -> editing.Said:
        """What was written, once it is valid."""
        given = self.cleaned_data
        names = ("question", "answer", "basis", "body", "words", "valid_from", "valid_to", "review_on", "public",
                 "category", "owner")  # fmt: skip
        return editing.Said(**{name: given[name] for name in names})


def initial_of(row: Article, revision: Revision) -> dict[str, Any]:
    """The form filled with what stands there."""
    names = ("question", "answer", "basis", "body", "words", "valid_from", "valid_to", "review_on", "public")
    return {name: getattr(revision, name) for name in names} | {
        "unit": row.unit_id, "category": revision.category_id,
        "owner": (revision.owner or row.owner).removeprefix("user:"),
    }  # fmt: skip


class ReviewForm(KnowledgeForm):
    """Until when what is published holds good."""

    review_on = forms.DateField(label=_("下次复核"), widget=DayInput())

"""Forms of petitions, on those of every matter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.enums import Channel
from huiyin.cases.originals import TITLE_MOST
from huiyin.cases.services.open import Requester
from huiyin.cases.web.forms import MatterForm, keep_files
from huiyin.petitions.rules import ACCUSATION, GRIEVANCE, OPINION
from huiyin.petitions.services import MOST, Registration

KINDS: dict[str, Any] = {
    GRIEVANCE: _("申诉求决（请求解决自己的事）"),
    OPINION: _("意见建议"),
    ACCUSATION: _("检举控告（只有有权审查的机构看得到）"),
}  # fmt: skip
DOORS: dict[str, Any] = {
    Channel.COUNTER: _("来访"), Channel.LETTER: _("来信"), Channel.PHONE: _("来电"), Channel.WEB: _("网上"),
}  # fmt: skip


class PetitionForm(MatterForm):
    """A petition in the petitioner's own words, with name and address, to which the written notice goes."""

    petition_kind = forms.ChoiceField(
        label=_("信访类别"), choices=list(KINDS.items()), initial=GRIEVANCE, widget=forms.RadioSelect
    )
    title = forms.CharField(label=_("标题"), max_length=TITLE_MOST, required=False)
    home = forms.CharField(label=_("住址（书面告知送到这里）"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("请求、事实和理由")
        for name in ("kind", "allegation"):
            del self.fields[name]
        self.fields["name"].label = _("姓名（名称）")
        self.fields["respondent_unit"].label = _("被反映单位（检举控告必填）")

    def registration(self, actor: Actor, **more: Any) -> Registration:
        """What was said, its files stored. Call after `is_valid`. BadInput for a bad file."""
        said = self.cleaned_data
        told: dict[str, Any] = {
            "body": said["body"], "petition_kind": said["petition_kind"], "channel": Channel.WEB,
            "title": said["title"],
            "requester": Requester(said["name"], said["phone"], said["email"], address=said["home"]),
            "category": said["category"] or None, "area": said["area"] or None, "address": said["address"],
            "respondent_unit": said["respondent_unit"] or None, "key": said["key"],
            "files": tuple(keep_files(said["photos"], actor, f"{said['key']}/photos", "photos")),
        }  # fmt: skip
        return Registration(**(told | more))


class RegistrationForm(PetitionForm):
    """The bureau's: by which door, how many, and what it was before."""

    channel = forms.ChoiceField(
        label=_("信访形式"), choices=list(DOORS.items()), initial=Channel.COUNTER, widget=forms.RadioSelect
    )
    persons = forms.IntegerField(label=_("人数"), min_value=1, max_value=MOST, initial=1)
    representatives = forms.IntegerField(label=_("代表人数（最多5人）"), min_value=1, max_value=MOST, required=False)
    received_on = forms.DateField(
        label=_("收到日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("不是今天收到的填写；时限和适用的条例从这一天起算。"),
    )  # fmt: skip
    first_from = forms.CharField(label=_("由其他事项转来（编号）"), max_length=20, required=False)

    def registration(self, actor: Actor, **more: Any) -> Registration:
        said = self.cleaned_data
        own = {name: said[name] for name in ("persons", "representatives", "received_on", "first_from")}
        return super().registration(actor, channel=Channel(said["channel"]), **own, **more)

"""Forms of the written doors, on those of every matter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.enums import Channel
from huiyin.cases.originals import TITLE_MOST
from huiyin.cases.services.open import Opening
from huiyin.cases.web.forms import FilesField, MatterForm
from huiyin.letters.rules import AGREED

ADDRESSEES: dict[str, Any] = {"mayor": _("市长信箱"), "secretary": _("书记信箱")}


class LetterForm(MatterForm):
    """A letter to the secretary or the mayor."""

    title = forms.CharField(label=_("标题"), max_length=TITLE_MOST, required=False)
    addressed_to = forms.ChoiceField(
        label=_("写给"), choices=list(ADDRESSEES.items()), initial="mayor", widget=forms.RadioSelect
    )
    publication = forms.BooleanField(label=_("去除个人信息后，可以公开来信和答复"), required=False)

    procedure, action, channel = "mailbox", "write", Channel.MAILBOX

    def letter(self, actor: Actor) -> Opening:
        """What was written, ready to be taken in. Call after `is_valid`."""
        said = self.cleaned_data
        given = {"addressed_to": said["addressed_to"]} | ({"publication": AGREED} if said["publication"] else {})
        changed: dict[str, Any] = {"title": said["title"]} if said["title"] else {}
        opening = self.opening(self.channel, actor)
        return opening.with_changes(procedure=self.procedure, action=self.action, given=given, **changed)


class RegistrationForm(LetterForm):
    """A letter on paper as the desk registers it: what it says, who sent it, and its scan."""

    photos = FilesField(label=_("来信扫描件"), error_messages={"required": _("请上传来信的扫描件或照片。")})

    procedure, action, channel = "letter", "register", Channel.LETTER

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("来信内容（摘录或全文）")

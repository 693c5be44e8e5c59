"""The portal's form in steps: each step's page carries what the earlier ones said, so that nothing is kept here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.enums import Channel
from huiyin.cases.inputs import FILES_MOST
from huiyin.cases.places import area_in, places, townships
from huiyin.cases.services.open import Opening
from huiyin.cases.web.forms import MatterForm, keep_files
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.org.reference import org

KEPT = "huiyin.kept-files"
KEPT_SECONDS = 12 * 3600


def place_choices() -> list[tuple[str, Any]]:
    """Towns and their villages, after an empty choice."""
    return [("", _("不清楚或不限")), *((place.code, place.label) for place in places())]


def tile_choices() -> list[tuple[str, Any]]:
    """The streets and towns as tiles of the map."""
    return [(area.code, org().area_name_of(area.code)) for area in townships()]


class SayForm(MatterForm):
    """What a citizen says, with the place typed, listed or pointed at: whichever they like."""

    tile = forms.ChoiceField(label=_("在地图上"), required=False, widget=forms.RadioSelect)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs |= {"rows": 5, "autofocus": False}
        self.fields["address"].widget.attrs |= {"list": "places", "autocomplete": "street-address"}
        self.fields["address"].label = _("写地址")
        self.fields["area"].label = _("从列表选")
        for name, choices in (("area", place_choices), ("tile", tile_choices)):
            found = self.fields[name]
            assert isinstance(found, forms.ChoiceField)
            found.choices = choices()

    def clean(self) -> dict[str, Any]:
        """The area is the one chosen from the list, else the one the address names, else the tile, else the one named
        in what was said.
        """
        said: dict[str, Any] = super().clean() or self.cleaned_data
        named = area_in(said.get("address") or "")
        said["area"] = said.get("area") or named or said.get("tile") or area_in(said.get("body") or "") or ""
        return said

    @property
    def kept_files(self) -> list[tuple[str, str]]:
        """Files kept by an earlier step, less those taken away: id and name."""
        dropped = set(self.data.getlist("drop")) if hasattr(self.data, "getlist") else set()
        return [(key, name) for key, name in unsealed(str(self.data.get("kept", ""))) if key not in dropped]

    def keep(self, actor: Actor) -> list[tuple[str, str]]:
        """Store what this step brought and list all there is. BadInput names the field."""
        said, before = self.cleaned_data, self.kept_files
        if len(before) + len(said["photos"]) > FILES_MOST:
            raise BadInput(FieldError("photos", _("最多%(most)s个文件。") % {"most": FILES_MOST}))
        ids = keep_files(said["photos"], actor, f"{said['key']}/photos", "photos")
        new = [(str(key), upload.name or "") for key, upload in zip(ids, said["photos"], strict=True)]
        known = {key for key, _name in new}
        return [*(one for one in before if one[0] not in known), *new]

    def opening(self, channel: Channel, actor: Actor) -> Opening:
        """What was said, with the files of all steps."""
        files = self.keep(actor)
        self.cleaned_data["photos"] = []
        return super().opening(channel, actor).with_changes(files=tuple(UUID(key) for key, _name in files))


def sealed(files: Sequence[tuple[str, str]]) -> str:
    """Kept files as the next step's page carries them: signed, so that nobody names a file they didn't bring."""
    return signing.dumps(list(files), salt=KEPT) if files else ""


def unsealed(text: str) -> list[tuple[str, str]]:
    """The files that a page carried; none when it was tampered with or half a day has passed."""
    try:
        found = signing.loads(text, salt=KEPT, max_age=KEPT_SECONDS) if text else []
    except signing.BadSignature:
        return []
    return [(str(key), str(name)) for key, name in found]

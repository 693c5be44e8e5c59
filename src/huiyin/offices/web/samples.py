"""The page of the callback sample: the rule, what it gave lately, and changing it."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.cases.policies import SUPERVISE
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.web.forms import KINDS
from huiyin.hotline.desk_rules import desk_rules
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, Refused
from huiyin.offices import described, rules, samples
from huiyin.offices.rules import needs
from huiyin.offices.web.common import office
from huiyin.offices.web.forms import DayInput, OfficeForm


class SampleForm(OfficeForm):
    """A share for each kind, from a day on."""

    since = forms.DateField(label=_("自"), initial=clock.today, widget=DayInput())
    source = forms.CharField(label=_("依据文件"), max_length=200, help_text=_("文件名称和文号。"))

    def __init__(self, *args: Any, procedure: Procedure, policy: LimitPolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = list(procedure.kinds)
        for kind in self.kinds:
            now = samples.share_of(policy, kind, "normal")
            self.fields[kind] = forms.IntegerField(
                label=KINDS[kind], min_value=0, max_value=100, initial=now,
                widget=forms.NumberInput(attrs={"class": "form-control hy-short", "inputmode": "numeric"}),
            )  # fmt: skip

    def wanted(self) -> dict[str, int]:
        """Kind → share, once it is valid."""
        return {kind: self.cleaned_data[kind] for kind in self.kinds}


@office
@require_http_methods(["GET", "POST"])
def sample(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The sample by kind, with what it gave in the last thirty days and would give."""
    procedure, policy = samples.sampled()
    form = SampleForm(request.POST if request.method == "POST" else None, procedure=procedure, policy=policy)
    error: Refused | None = None
    previewed = False
    wanted: dict[str, int] | None = None
    if request.method == "POST":
        needs(actor)
        if form.is_valid():
            wanted, given = form.wanted(), form.cleaned_data
            how = {"since": given["since"], "source": given["source"]}
            try:
                if request.POST.get("do") == "publish":
                    row = samples.publish(actor, policy, wanted, **how)
                    return redirect(f"{reverse('offices:limit_policy', args=[row.key])}?done=1#samples")
                rules.check("limits", samples.new_text(policy, wanted, **how))
                previewed = True
            except BadInput as refused:
                form.take_over(refused)
            except Refused as refused:
                error = refused
    rows = samples.expected(procedure, policy, wanted)
    context = {
        "procedure": procedure, "policy": policy, "form": form, "error": error, "previewed": previewed,
        "rows": [(row, KINDS[row.kind], form[row.kind]) for row in rows], "days": samples.DAYS,
        "received": sum(row.received for row in rows), "called": round(sum(row.called for row in rows)),
        "then": round(sum(row.then for row in rows)), "may": actor.may(rights.PUBLISH_RULES),
        "by_urgency": any(row.urgencies for row in policy.callback_samples),
        "quality": desk_rules(), "scores": actor.may(SUPERVISE),
        "lines": [described.sample(row) for row in policy.callback_samples],
    }  # fmt: skip
    status = error.status if error else 422 if form.errors else 200
    return render(request, "offices/sample.html", context, status=status)

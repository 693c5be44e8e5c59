"""The rules that can forbid an act, as named functions that procedures call.

A guard returns a Refusal or None; it says what happened, the rule, and the way out. Where it judges the
input it has nothing to say while `given` is None (a screen asking what is possible). Conditions choose
between two targets of one action.
"""

from huiyin.cases.guards import answers, confidence, dispatch, limits, together

__all__ = ["answers", "confidence", "dispatch", "limits", "together"]

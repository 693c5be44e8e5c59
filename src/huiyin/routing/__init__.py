"""Routing: what a text seems to be about and whose duty it may be, learned from closed matters. People decide.

No Django, no storage but files: texts are read by `textmining.features`, `terms` weighs what stands in them, `train`
learns heads (unit, category, kind, urgency, or the one label of a file), `calibrate` makes their probabilities honest
and finds the one under which a model had better say nothing, `model` proposes with reasons and precedents, `measure`
says how well, and `versions` keeps every model of a home with one in use. Words to know: a *head* answers one question;
a *group* holds texts that are the same matter and are never split between learning and testing; a *precedent* is an
earlier text near to this one. Begin with `model.Model.suggest`.
"""

"""Texts beside texts: how alike two messages are, and which are one matter that many people raise.

No Django, no storage. `features` reads a text (stretches and words as numbers), `similar` makes of a message what is
compared and weighs it, `hot_issues` puts messages together, keeps issues themselves from day to day, counts their
growth and heat and gives them a title. Words to know: a *reading* is what is kept of a message, and no text; *weights*
say how rare each word is; an *issue* is a set of messages that are alike on the average. Begin with `similar.alike`.
"""

"""Knowledge 知识库: the city's answers to what it is often asked, each kept current by the unit whose duty it is.

An *article* is one question; what it says stands in *revisions*, of which one is published and one may be in the
making. Draft → review by a second person → published → expired. *Use* counts the replies that name an article.
Basis: units keep their answers current (Weifang art. 31, Jinan art. 28). Start at `editing.py`; `queries.search` finds.
"""

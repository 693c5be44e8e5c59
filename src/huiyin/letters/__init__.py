"""Written doors: the secretary's and the mayor's mailbox (书记、市长信箱) and letters on paper (群众来信).

Legal basis: 《信访工作条例》第十七至二十三条 for what is a petition; the rest is the city's own rule, in `limits/`.
Three words: *screening* (审看) decides whether it is a question, an ordinary matter or a petition; *assignment* (交办)
gives it to a unit; *publication* (公开) shows question and answer with personal data removed.
Start reading at `procedures/parts/correspondence.yaml`, then `rules.py`.
"""

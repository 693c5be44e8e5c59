"""Leaders' receptions: at the open door, by invitation, down in the place with the case, at home afterwards
(开门接访、主动约访、带案下访、上门回访); the matters a leader carries until they are solved; activities of programmes.

Legal basis: 《信访工作条例》第十八条; for how often, the central opinion of 2009 on county leaders' reception days.
Three words: the *rota* (接访安排) says who receives when; to *carry* a matter (包案) is to answer for it until the
person says that it is solved; a *programme* (四下基层、四门四访) is a named list of activities.
Start at `rotas/jieshou.yaml`, then `planning.py` and `receiving.py`; more is in `docs/explanation/receptions.md`.
"""

"""Who may do what: actors, the roles they hold, the rights those give, and relations to a subject.

Legal basis: Cybersecurity Law 21 and graded protection (separate powers of administrator, security officer
and auditor); design rule: what one may not see answers as if it were not there.
Words: right 权限, role 角色, relation 关系. Code asks for rights and relations, never for a role's name.
Start at `roles.yaml`, then `actor.py`; `policy.py` is what services call first.
"""

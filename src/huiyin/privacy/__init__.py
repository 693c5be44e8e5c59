"""What everybody may ask of their own data: a copy, a correction, their deletion; and how long data are kept.

A request is a case of the procedure `personal_data` that names the matters it is about; its requester's contact is the
one to correct to. Nothing of a copy is stored, deletion is `cases.services.erase` by two people.
Words: request 个人信息请求, copy 查阅复制, correction 更正, deletion 删除, retention 保存期限.
Legal basis: PIPL art. 19, 44–50. Start at `rules.py`.
"""

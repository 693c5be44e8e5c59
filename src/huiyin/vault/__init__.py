"""The vault: how personal data are kept at rest. Pure; it knows no table.

A random data key seals the values of one owner (a party, a file); a master key outside the database wraps it.
Destroying the wrapped key erases whatever it sealed. Words: master key 主密钥, data key 数据密钥, sealed 密文,
blind index 盲索引. Legal basis: PIPL art. 51(3). Start at `box.py`; the master keys are in `keyring.py`.
"""

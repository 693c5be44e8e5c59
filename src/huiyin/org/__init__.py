"""The city as it is organised: units that answer, areas they answer for, and the names both bore in each period.

Legal basis: GB/T 2260 and the nine- and twelve-digit codes of the statistics bureau; renamings by published notice.
Words: unit 单位, area 区划, short name 简称. A unit is closed or renamed from a day on, never deleted or overwritten.
Everything else reads the snapshot `reference.org()`, which costs no statement; only `services/` write.
Start at `reference.py`, then `data/jieshou.yaml`, which is a whole city in one file.
"""

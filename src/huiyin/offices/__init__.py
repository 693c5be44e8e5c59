"""The three officers' work: the administrator keeps accounts, the security officer postings, the auditor reads along.

Legal basis: Cybersecurity Law 21 and graded protection (GB/T 22239-2019): separate powers of system administration,
security administration and audit.
"""

"""Notices: a queue of messages owed, written in the transaction that owes them, sent afterwards.

Words: notice 通知, lease (who sends it just now). Delivery is at least once. Start at `services.py`.
"""

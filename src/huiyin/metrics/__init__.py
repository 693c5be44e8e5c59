"""Figures counted from facts: every one opens the list of cases behind it. Pure: Arrow tables in, numbers out."""

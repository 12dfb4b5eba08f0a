"""Workbooks → trees, every value at its cell."""

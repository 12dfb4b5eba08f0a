"""Merged trees → the records of a system."""

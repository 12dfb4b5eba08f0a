"""Workbooks: the inputs of a scenario, ready to be edited and run again, and its results."""

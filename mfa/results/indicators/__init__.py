"""Indicators and targets made from the accounts."""

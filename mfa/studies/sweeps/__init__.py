"""Sweeps: one scenario solved for many values of some figures, in one process or many."""

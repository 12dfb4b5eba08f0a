"""The picture of a chain: pools and processes in ranks, coefficients at the arrows."""

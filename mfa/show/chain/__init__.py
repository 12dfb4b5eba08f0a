"""The picture of a chain: pools and processes in layers, coefficients at the arrows."""

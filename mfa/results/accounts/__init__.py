"""The accounts of a run: flows, waste, energy, carbon, water, value, resources, costs, substances."""

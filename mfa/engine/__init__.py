"""The compiled network and its solution: arrays and positions, no names."""

"""What is judged of a finished system: does each recipe close, do the lists make sense."""

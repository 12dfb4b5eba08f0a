"""Linear programmes over everything that a system allows."""

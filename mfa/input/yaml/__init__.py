"""YAML text → trees that know their places."""

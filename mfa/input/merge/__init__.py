"""Files → one merged tree: extends, variants, chains, overrides."""

"""mfa: material flows of an industrial park, from YAML files to balanced numbers."""

__version__ = "0.1.0"

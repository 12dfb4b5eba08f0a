"""Options of the tests."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --rewrite` writes the texts of tests/faults anew; read them before you keep them."""
    parser.addoption("--rewrite", action="store_true", help="write the expected texts of tests/faults anew")

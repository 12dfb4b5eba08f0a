"""Options of the tests, and what holds for each of them."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --rewrite` writes the texts of tests/faults anew; read them before you keep them."""
    parser.addoption("--rewrite", action="store_true", help="write the expected texts of tests/faults anew")


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are as wide as they need: a run in several processes sets a width of 80."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(autouse=True)
def no_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is English wherever the tests run, until one asks for another."""
    for name in ("MFA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

"""The language of the command line: what chooses it, help and errors of use in both."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from mfa.cli import LATER, cli
from mfa.cli.language import VARIABLES, environment
from mfa.errors import catalogue
from tests.test_cli import SMALL, Runner, chinese


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runner:
    """The command line, called in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Runner(capsys)


# ---------------------------------------------------------------- which language
@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_MESSAGES": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB", "LANG": "en_GB"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"MFA_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"MFA_LANG": "zh", "LC_ALL": "C"}, "zh"),
    ],
)
def test_environment(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], lang: str) -> None:
    """The first variable that says something decides, mfa's own before those of the system."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert environment() == lang


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_command_follows_the_environment(
    run: Runner, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Without --lang the answer, faults, help and errors of use are Chinese; --lang en overrides."""
    monkeypatch.setenv(variable, "zh_CN.UTF-8")
    calls = (
        ["run", SMALL],
        ["run", "no-such"],
        ["run", "--help"],
        ["--help"],
        ["run"],
        ["run", SMALL, "--no"],
    )
    for call in calls:
        ended = run(*call)
        assert chinese(ended.out + ended.err), call
        if call[0] == "run":
            plain = run(*call, "--lang", "en")
            assert ended.code == plain.code
            assert not chinese(re.sub("当量|等价", "", plain.out + plain.err)), call


def test_lang_is_known_before_the_call_is_parsed(run: Runner) -> None:
    """Help and errors are in the language of --lang, wherever it stands; the last one counts."""
    for call in (["run", "--help", "--lang", "zh"], ["run", "--lang=zh", "--help"], ["run", "--lang", "zh"]):
        ended = run(*call)
        assert chinese(ended.out + ended.err)
    assert not chinese(run("run", "--help", "--lang", "zh", "--lang", "en").out)
    assert not chinese(run("run", "--help").out)


# ---------------------------------------------------------------- help
def options() -> list[tuple[str, click.Option]]:
    """Every option that help shows, with its command."""
    shown = [(name, p) for name, command in cli.commands.items() for p in command.params]
    return [(name, p) for name, p in shown if isinstance(p, click.Option) and not p.hidden]


def test_help_has_every_command_and_option(run: Runner) -> None:
    """In both languages each has a text of its own, in the list, too."""
    texts = catalogue()
    for lang in ("en", "zh"):
        for name in cli.commands:
            page = " ".join(run(name, "--help", "--lang", lang).out.split())
            wanted = [f"help-{name}", "option-help", "option-debug"]
            for of, option in options():
                key = f"option-{of}-{option.opts[-1].lstrip('-')}"
                wanted += [key] if of == name and key in texts else []
            for key in wanted:
                assert "".join(texts[key][lang].split()) in page.replace(" ", ""), (name, key)


def test_no_text_of_help_is_left_over() -> None:
    """Each text of help belongs to a command or option that there is."""
    of_all = {o.opts[-1].lstrip("-") for _, o in options()} | {"help", "version"}
    own = {f"{name}-{o.opts[-1].lstrip('-')}" for name, o in options()}
    keys = [k for k in catalogue() if k.startswith(("help-", "option-"))]
    for key in keys:
        kind, _, name = key.partition("-")
        assert name in {"mfa", *cli.commands} if kind == "help" else name in of_all | own, key


def test_help_lists_the_commands_by_their_first_clause(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """`mfa --help` names each command with what it does."""
    assert re.search(r"^  check +Check chains and scenarios$", run("--help").out, re.MULTILINE)
    monkeypatch.setenv("MFA_LANG", "zh")
    page = run("--help").out
    assert re.search(r"^  check +检查产业链与情景$", page, re.MULTILINE)
    assert "Options" not in page


# ---------------------------------------------------------------- errors of use
WRONG = {
    "misuse-option": ["run", SMALL, "--otu", "x"],
    "misuse-command": ["rnu", SMALL],
    "misuse-missing-argument": ["run"],
    "misuse-missing-option": ["sankey", SMALL],
    "misuse-extra": ["run", SMALL, "b"],
    "misuse-choice": ["run", SMALL, "--lang", "fr"],
    "misuse-whole": ["sankey", SMALL, "-o", "x.svg", "--steps", "two"],
    "misuse-is-folder": ["sankey", SMALL, "-o", "."],
    "misuse-is-file": ["run", SMALL, "--out", SMALL],
    "misuse-path-empty": ["run", SMALL, "--out", ""],
    "misuse-no-value": ["sankey", SMALL, "-o"],
    "misuse-flag": ["run", SMALL, "--json=yes"],
    "misuse-later": [LATER[0], SMALL],
    "misuse-folder": ["run", SMALL, "--report"],
    "misuse-watch": ["run", SMALL, "--watch", "--require-targets"],
    "misuse-audit-samples": ["audit", SMALL, "--years", "--samples", "9"],
    "misuse-keep": ["run", SMALL, "--keep", "--out", "x"],
    "misuse-of-samples": ["run", SMALL, "--seed", "3"],
    "misuse-format": ["run", SMALL, "--json", "--format", "md"],
    "misuse-brief-file": ["brief", SMALL, "-o", "x.pdf"],
    "misuse-caption": ["sankey", SMALL, "-o", "x.html", "--caption"],
    "misuse-sankey-format": ["sankey", SMALL, "-o", "x.svg", "--format", "d3"],
    "misuse-several": ["compare", SMALL, SMALL, "--variant", "v"],
    "misuse-alone": ["compare", SMALL],
    "misuse-show-picture": ["show", SMALL, "--process", "x"],
    "misuse-explain-picture": ["explain", "chain-coal", "co2", "--picture", "x.svg"],
    "misuse-seek": ["seek", SMALL],
    "misuse-robust": ["plan", SMALL, "--samples", "20"],
    "misuse-alternatives": ["plan", SMALL, "--alternatives", "-1"],
    "misuse-pareto": ["plan", SMALL, "--pareto", "cost"],
    "misuse-pair": ["run", SMALL, "--set", "x"],
}


@pytest.mark.parametrize("key", [k for k in catalogue() if k.startswith("misuse-")])
def test_errors_of_use(run: Runner, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """Each is told with the usage, in the language of the call; nothing is printed or written."""
    for lang, frame in (("en", ("Usage: mfa", "Error: ")), ("zh", ("用法: mfa", "错误："))):
        monkeypatch.setenv("LANG", f"{lang}_XX.UTF-8")
        ended = run(*WRONG[key])
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(frame[0])
        pattern = re.sub(r"\\\{[a-z]+\\\}", ".*", re.escape(catalogue()[key][lang]))
        assert re.fullmatch(frame[1] + pattern, ended.err.splitlines()[-1]), ended.err
        assert list(Path.cwd().iterdir()) == []


def test_a_slip_gets_a_hint(run: Runner) -> None:
    """Of commands and options, in both languages."""
    assert "did you mean 'run'?" in run(*WRONG["misuse-command"]).err
    assert "did you mean '--out'?" in run(*WRONG["misuse-option"]).err
    assert "是否应为“--out”？" in run(*WRONG["misuse-option"], "--lang", "zh").err

"""The pre-commit hook and the reusable workflow: valid, and their commands do what they are for."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_cli import Runner

ROOT = Path(__file__).parent.parent
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
# every value as text: YAML 1.1 takes `on` for true
WORKFLOW = yaml.load(
    (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)


@pytest.fixture
def hook() -> dict[str, Any]:
    (only,) = HOOKS
    return dict(only)


def test_hook_has_what_pre_commit_asks_for(hook: dict[str, Any]) -> None:
    """Id, name, entry and language are there, and no key that pre-commit does not know."""
    assert {"id", "name", "entry", "language"} <= set(hook) <= {*hook, "files", "description"}
    assert (hook["id"], hook["language"]) == ("mfa-check", "python")
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert shlex.split(hook["entry"])[0] in scripts


@pytest.mark.parametrize(
    ("file", "taken"),
    [
        ("chains/acer.yaml", True),
        ("scenarios/jiaokou-2025.yaml", True),
        ("park/chains/own.yml", True),
        ("chains/notes.md", False),
        ("mychains/acer.yaml", False),
        ("chains/old/acer.yaml", False),
        ("docs/chains.yaml", False),
    ],
)
def test_hook_takes_chains_and_scenarios(hook: dict[str, Any], file: str, taken: bool) -> None:
    """The pattern, which pre-commit searches in the path from the top of the repository."""
    assert (re.search(hook["files"], file) is not None) is taken


def test_hook_command(
    hook: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Passes what `mfa init` writes, fails for a recipe that does not close and for a slip."""
    monkeypatch.chdir(tmp_path)
    run = Runner(capsys)
    run("init", ".")
    _, *command = shlex.split(hook["entry"])
    files = ["chains/brickworks.yaml", "scenarios/first.yaml"]
    assert run(*command, *files).code == 0
    chain = Path(files[0])
    text = chain.read_text(encoding="utf-8")
    chain.write_text(text.replace("gangue: {balance: true", "gangue: {value: 0.2 t/t"), encoding="utf-8")
    assert run(*command, *files).code == 1
    chain.write_text(text.replace("processes:", "proceses:"), encoding="utf-8")
    assert run(*command, *files).code == 2


def test_workflow_can_be_called() -> None:
    """It has inputs with defaults, asks for no right but to read, and uses each input that it declares."""
    inputs = WORKFLOW["on"]["workflow_call"]["inputs"]
    assert {"paths", "python-version"} <= set(inputs)
    assert all(one["type"] == "string" and one["default"] for one in inputs.values())
    assert WORKFLOW["permissions"] == {"contents": "read"}
    (job,) = WORKFLOW["jobs"].values()
    written = yaml.safe_dump(job)
    assert set(re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", written)) == set(inputs)
    assert not any("${{" in step.get("run", "") for step in job["steps"])  # an input is never a command
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(c.endswith(f":: {inputs['python-version']['default']}") for c in project["classifiers"])


@pytest.mark.skipif(os.name != "posix", reason="the jobs of the workflow run a POSIX shell")
def test_workflow_command(tmp_path: Path) -> None:
    """Its last step, as a shell runs it: patterns are taken, faults become annotations and the job fails."""
    here = tmp_path / "bin" / "mfa"
    here.parent.mkdir()
    here.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mfa "$@"\n', encoding="utf-8")
    here.chmod(0o755)
    (job,) = WORKFLOW["jobs"].values()
    inputs = WORKFLOW["on"]["workflow_call"]["inputs"]
    environment = {
        **os.environ,
        "PATH": f"{here.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PATHS": inputs["paths"]["default"],
    }

    def ended() -> subprocess.CompletedProcess[str]:
        command = ["sh", "-e", "-c", job["steps"][-1]["run"]]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    subprocess.run([str(here), "init", "."], cwd=tmp_path, env=environment, check=True, timeout=60)
    assert ended().returncode == 0
    scenario = tmp_path / "scenarios" / "first.yaml"
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text.replace("1 Mt/a", "1 Mt"), encoding="utf-8")
    failed = ended()
    assert failed.returncode == 2
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "1 Mt/a" in row)
    assert re.search(
        rf"^::error file=scenarios/first\.yaml,line={line},col=\d+::'1 Mt' ", failed.stdout, re.M
    )

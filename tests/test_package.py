"""The package as a whole: public names, the ladder of imports, messages, version, what the wheel holds."""

from __future__ import annotations

import ast
import importlib
import os
import re
import string
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import networkx as nx
import pytest
import yaml

import mfa
from mfa.errors import catalogue
from mfa.input.merge import library

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mfa"
# each room may import those before it and itself, never one after it, inside functions too
LADDER = [
    *(
        "errors",
        "units",
        "presentation",
        "decisions",
        "system",
        "storage",
        "properties",
        "delayed",
        "catalogue",
        "parameters",
    ),
    *("engine", "checks", "input", "results", "studies", "show", "facade", "cli"),
]
FACADE = {
    *("result", "scenario", "comparing", "auditing", "briefing", "charting", "checking", "sweeping"),
    *("seeking", "planning", "planning_years", "sensing", "sampling"),
}
MODULES = sorted(PACKAGE.rglob("*.py"))


# ---------------------------------------------------------------- names
def test_public_names_are_there_and_sorted() -> None:
    """`__all__` is sorted and complete: each name can be imported, and no other public one is there."""
    assert mfa.__all__ == sorted(mfa.__all__)
    for name in mfa.__all__:
        assert getattr(mfa, name).__name__ == name
    assert set(dir(mfa)) - {"__version__"} == set(mfa.__all__)
    assert set(mfa._HOME) == set(mfa.__all__)


def test_public_names_are_the_documented_ones() -> None:
    """A program written to the page of the Python interface finds its names."""
    for name in ("load", "quantity", "Quantity", "Error"):
        assert name in mfa.__all__
    for name in ("solve", "replace", "graph"):
        assert callable(getattr(mfa.Scenario, name))
    for name in ("flows", "links", "processes", "pools", "stocks", "indicators", "balances", "warnings"):
        assert isinstance(getattr(mfa.Result, name), property)
    assert callable(mfa.Result.sankey)


def test_unknown_name() -> None:
    """A name that is not there is an AttributeError, so `hasattr` works."""
    assert not hasattr(mfa, "lode")
    with pytest.raises(ImportError):
        exec("from mfa import lode")


def test_package_is_typed() -> None:
    """Type checkers find the marker, and every public name has a static import."""
    assert (PACKAGE / "py.typed").is_file()
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    names = {a.asname for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}
    assert set(mfa.__all__) <= names


# ---------------------------------------------------------------- the ladder
def room(module: str) -> str | None:
    """`mfa.input.records.pools` → `input`; None for the package itself."""
    parts = module.split(".")
    if len(parts) == 1:
        return None
    return "facade" if parts[1] in FACADE else "cli" if parts[1] == "__main__" else parts[1]


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file: Path, *, inside: bool) -> list[tuple[int, str]]:
    """(line, module) of the package's own modules that a file imports: at once, or `inside` functions too."""
    found: list[tuple[int, str]] = []
    pending: list[ast.AST] = list(ast.parse(file.read_text(encoding="utf-8")).body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not inside:
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            pending += node.orelse
            continue
        if isinstance(node, ast.Import):
            found += [(node.lineno, a.name) for a in node.names if a.name.split(".")[0] == "mfa"]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} is a relative import"
            if (node.module or "").split(".")[0] == "mfa":
                found += [(node.lineno, target(str(node.module), a.name)) for a in node.names]
        pending += ast.iter_child_nodes(node)
    return found


def target(module: str, name: str) -> str:
    """The module that `from MODULE import NAME` is about."""
    path = ROOT.joinpath(*module.split("."), name)
    return f"{module}.{name}" if path.is_dir() or path.with_suffix(".py").is_file() else module


@pytest.mark.parametrize("file", MODULES, ids=name_of)
def test_imports_go_down_the_ladder(file: Path) -> None:
    """No module imports from a room above its own, so that inner rooms know nothing of outer ones."""
    own = room(name_of(file))
    if own is None:
        assert imports(file, inside=True) == []
        return
    assert own in LADDER, f"a room that is on no step: {own}"
    for line, module in imports(file, inside=True):
        other = room(module)
        if other is not None:
            assert LADDER.index(other) <= LADDER.index(own), f"{file}:{line} imports {module}"


def test_no_circles() -> None:
    """No modules import each other in a circle, imports inside functions counted."""
    graph = {name_of(f): {m for _, m in imports(f, inside=True)} - {"mfa", name_of(f)} for f in MODULES}
    for file in (f for f in MODULES if f.name == "__main__.py"):
        del graph[name_of(file)]
    circles = [c for c in nx.strongly_connected_components(nx.DiGraph(graph)) if len(c) > 1]
    assert not circles, [sorted(c) for c in circles]


def test_files_are_no_longer_than_their_idea() -> None:
    """A module has at most 400 lines, so that it is read in one go."""
    longest = {name_of(f): len(f.read_text(encoding="utf-8").splitlines()) for f in MODULES}
    assert {n: lines for n, lines in longest.items() if lines > 400} == {}


def test_no_file_name_stands_twice() -> None:
    """A reader knows which file is meant by its name alone."""
    names = [f.name for f in MODULES if f.name != "__init__.py"]
    assert sorted(names) == sorted(set(names))


def test_importing_the_package_costs_nothing() -> None:
    """`import mfa` loads none of its rooms."""
    code = "import sys, mfa; print([m for m in sys.modules if m.startswith('mfa.')])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


# ---------------------------------------------------------------- messages
MESSAGES = sorted((PACKAGE / "messages").glob("*.toml"))


def fields(text: str) -> set[str]:
    """The names to be filled in; a word that differs by language is `NAME_zh` in Chinese."""
    return {name.removesuffix("_zh") for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("file", MESSAGES, ids=lambda f: f.stem)
def test_messages_are_in_both_languages(file: Path) -> None:
    """Every message has exactly an English and a Chinese text with the same fields."""
    entries = tomllib.loads(file.read_text(encoding="utf-8"))
    assert entries
    for key, texts in entries.items():
        assert set(texts) == {"en", "zh"}, key
        assert fields(texts["en"]) == fields(texts["zh"]), key
        assert "" not in fields(texts["en"]), key
        assert texts["en"].strip(), key


def test_message_keys_are_unique() -> None:
    """No key stands in two catalogues, where one would hide the other."""
    keys = [k for f in MESSAGES for k in tomllib.loads(f.read_text(encoding="utf-8"))]
    assert len(keys) == len(set(keys)) == len(catalogue())


def test_chinese_messages_are_chinese() -> None:
    """The Chinese text of a sentence has Chinese characters."""
    for key, texts in catalogue().items():
        if len(fields(texts["en"])) < len(texts["en"].split()):
            assert re.search("[\u4e00-\u9fff]", texts["zh"]), key


# ---------------------------------------------------------------- version and files
def test_version_is_the_newest_of_the_changelog() -> None:
    """The version of the package is the first heading of the changelog, and a number of three parts."""
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[?v?([0-9][^\]\s]*)", log, re.MULTILINE)
    assert newest is not None
    assert newest[1] == mfa.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", mfa.__version__)


def test_shipped_files_are_those_of_the_checkout() -> None:
    """In a checkout the library is the checkout's folders, so that an edit counts at once."""
    assert library.shipped("chains").resolve() == ROOT / "chains"
    assert library.shipped("scenarios").resolve() == ROOT / "scenarios"


def test_supported_pythons_are_those_that_are_tested() -> None:
    """The classifiers, the lowest Python and the workflow name the same versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = [c.rpartition(" ")[2] for c in project["classifiers"] if c.startswith("Programming Language")]
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["test"]["strategy"]["matrix"]
    assert stated == matrix["python"]
    assert project["requires-python"] == f">={stated[0]}"
    for target in [*matrix["target"], *(one["target"] for one in matrix["include"])]:
        assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_each_library_states_one_lower_bound_and_no_upper() -> None:
    """So that `make test-lowest` can install it and a new release is never shut out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for need in [*project["dependencies"], *(need for extra in extras.values() for need in extra)]:
        assert re.fullmatch(r"[A-Za-z0-9-]+>=[0-9.]+", need), need


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout without the network."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    ended = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    return folder / ended.stdout.split()[-1]


def test_wheel_holds_everything_that_a_run_needs(wheel: Path) -> None:
    """Chains, scenarios, messages, units, templates and fonts are in the wheel, tests are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = [
        f.relative_to(ROOT).as_posix()
        for f in PACKAGE.rglob("*")
        if f.is_file() and "__pycache__" not in f.parts and not f.name.startswith(".")
    ]
    for folder in ("chains", "scenarios"):
        needed += [f"mfa/{f.relative_to(ROOT).as_posix()}" for f in (ROOT / folder).rglob("*.yaml")]
    assert set(needed) <= names
    assert not [n for n in names if n.startswith(("tests/", "benchmarks/", "docs/"))]


def test_wheel_names_the_licences_of_program_and_font(wheel: Path) -> None:
    """The font is under the Open Font License, whose text must go with it."""
    archive = zipfile.ZipFile(wheel)
    info = next(n.removesuffix("METADATA") for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
    stated = archive.read(f"{info}METADATA").decode().splitlines()
    assert "License-Expression: MIT AND OFL-1.1" in stated
    for file, words in (("LICENSE", "MIT License"), ("mfa/show/fonts/OFL.txt", "SIL Open Font License")):
        assert f"License-File: {file}" in stated
        assert words in archive.read(f"{info}licenses/{file}").decode()


def test_wheel_installed_elsewhere_finds_its_own_files(wheel: Path, tmp_path: Path) -> None:
    """Unpacked without the checkout, the main scenario runs from the wheel's own files."""
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    site = next((tmp_path / "env").glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    # the libraries come from this environment, without its editable install of the checkout
    libraries = Path(importlib.import_module("click").__file__ or "").parent.parent
    code = (
        f"import sys; sys.path.append({str(libraries)!r}); import mfa\n"
        "from mfa.input.merge import library; print(library.shipped('chains'))\n"
        "print(mfa.load('alumina-red-mud').solve().state.method)"
    )
    python = tmp_path / "env" / "bin" / "python"
    elsewhere = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}  # which may lead to the checkout
    ended = subprocess.run(
        [python, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        timeout=60,
        env=elsewhere,
    )
    folder, method = ended.stdout.split()
    assert Path(folder) == site / "mfa" / "chains"
    assert method

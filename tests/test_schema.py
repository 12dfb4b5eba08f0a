"""The JSON Schema for editors: what is shipped fits it, what is wrong does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jsonschema
import pytest
import yaml

import mfa
from mfa.cli import main
from mfa.input.schema.completions import json_schema

ROOT = Path(__file__).parent.parent
Kind = Literal["chain", "scenario"]
SHIPPED = [
    *sorted((ROOT / "chains").glob("*.yaml")),
    *sorted((ROOT / "scenarios").glob("*.yaml")),
    *sorted((ROOT / "mfa" / "templates").glob("*.yaml")),
    *sorted((ROOT / "tests" / "cases").glob("*/*.yaml")),
]


@cache
def validator(kind: Kind) -> Any:
    return jsonschema.Draft202012Validator(json_schema(kind))


def load(file: Path) -> Any:
    """A file as an editor reads it: YAML 1.2 core scalars, keys as text."""
    return with_text_keys(yaml.safe_load(file.read_text(encoding="utf-8")))


def with_text_keys(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(k): with_text_keys(v) for k, v in node.items()}
    return [with_text_keys(v) for v in node] if isinstance(node, list) else node


def kind_of(content: Any) -> Kind:
    return "chain" if "chain" in content else "scenario"


@pytest.mark.parametrize("kind", ["chain", "scenario"])
def test_is_itself_a_schema(kind: Kind) -> None:
    """The schema is valid JSON Schema of draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(json_schema(kind))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda f: f"{f.parent.name}-{f.stem}")
def test_shipped_files_fit(file: Path) -> None:
    """Every chain and scenario of this project is valid."""
    content = load(file)
    faults = [
        f"{'.'.join(map(str, e.path))}: {e.message[:200]}"
        for e in validator(kind_of(content)).iter_errors(content)
    ]
    assert faults == []


CHAIN: dict[str, Any] = {
    "chain": "c",
    "materials": {
        "a": {"kind": "resource"},
        "b": {"kind": "product", "label": {"en": "B"}, "price": "3 CNY/t"},
    },
    "processes": {
        "p": {
            "per": "b",
            "inputs": {"a": {"value": "2 t/t", "range": "1..3 t/t", "confidence": "low"}},
            "outputs": {"b": "1 t/t"},
        }
    },
    "pools": {"b": {"takers": ["p", {"boundary": "export", "limit": "3 t/a", "tier": 2, "share": 1}]}},
    "stocks": {"y": {"material": "b"}},
}
SCENARIO: dict[str, Any] = {
    "scenario": "s",
    "year": 2025,
    "chains": ["c"],
    "drive": {"p": "1 t/a"},
    "targets": {"industrial-solid-waste-utilisation": {"min": "95 %"}},
    "variants": {"v": {"drive": {"p": "2 t/a"}}},
    "levers": {
        "l": {
            "label": "L",
            "levels": {"a": {"drive": {"p": "2 t/a"}}, "b": {"label": {"en": "B"}, "set": {}}},
        }
    },
}


def put(*path: str | int, value: Any) -> Callable[[Any], None]:
    def change(node: Any) -> None:
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value

    return change


WRONG_CHAINS = {
    "unknown key": put("colour", value="red"),
    "unknown key of a material": put("materials", "a", "colour", value="red"),
    "unknown key of a coefficient": put("processes", "p", "inputs", "a", "unit", value="t"),
    "unknown kind": put("materials", "a", "kind", value="rock"),
    "no kind": put("materials", "a", value={"label": "A"}),
    "unknown waste class": put("materials", "a", "waste", value="nuclear"),
    "inputs as a list": put("processes", "p", "inputs", value=["a"]),
    "coefficient as a list": put("processes", "p", "inputs", "a", value=["2 t/t"]),
    "unknown confidence": put("processes", "p", "inputs", "a", "confidence", value="certain"),
    "unknown boundary": put("pools", "b", "takers", 1, "boundary", value="moon"),
    "takers as a text": put("pools", "b", "takers", value="p"),
    "tier as a list": put("pools", "b", "takers", 1, "tier", value=[1]),
    "unknown fate": put("processes", "p", "fate", value="burnt"),
    "materials as a list": put("materials", value=[]),
}
WRONG_SCENARIOS = {
    "unknown key": put("dirve", value={}),
    "chains as a text": put("chains", value="c"),
    "chains as a mapping": put("chains", value={"c": "c"}),
    "drive as a list": put("drive", value=["p"]),
    "level as a list": put("drive", "p", value=["1 t/a"]),
    "unknown key of a target": put("targets", "industrial-solid-waste-utilisation", "atleast", value="95 %"),
    "variants as a list": put("variants", value=["v"]),
    "levels as a list": put("levers", "l", "levels", value=["a", "b"]),
    "unknown key of a level": put("levers", "l", "levels", "a", "dirve", value={}),
    "no level": put("levers", "l", "levels", value={}),
    "seven levels": put("levers", "l", "levels", value={name: {} for name in "abcdefg"}),
}


def test_right_ones_fit() -> None:
    """The files that are spoilt below are valid before."""
    validator("chain").validate(CHAIN)
    validator("scenario").validate(SCENARIO)


@pytest.mark.parametrize("what", WRONG_CHAINS)
def test_wrong_chains_do_not(what: str) -> None:
    """One wrong key, value or shape in a chain is found."""
    content = copy.deepcopy(CHAIN)
    WRONG_CHAINS[what](content)
    assert not validator("chain").is_valid(content)


@pytest.mark.parametrize("what", WRONG_SCENARIOS)
def test_wrong_scenarios_do_not(what: str) -> None:
    """One wrong key, value or shape in a scenario is found."""
    content = copy.deepcopy(SCENARIO)
    WRONG_SCENARIOS[what](content)
    assert not validator("scenario").is_valid(content)


def test_a_chain_is_no_scenario() -> None:
    """Each kind of file is invalid as the other."""
    assert not validator("scenario").is_valid(CHAIN)
    assert not validator("chain").is_valid(SCENARIO)


# ---------------------------------------------------------------- with the ids of a run
@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `mfa init` makes it."""
    folder = tmp_path_factory.mktemp("project")
    mfa.make_project(folder)
    return folder


def in_project(project: Path, name: str) -> tuple[Any, Any]:
    """The validator that the first line of a file names, and what the file holds."""
    file = project / name
    first = file.read_text(encoding="utf-8").splitlines()[0]
    schema = file.parent / first.removeprefix("# yaml-language-server: $schema=")
    return jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))), load(file)


def offered(schema: Any, node: Any) -> set[str]:
    """What an editor offers at a part of a schema: keys of a mapping, or values of a text or of a list's."""
    if "$ref" in node:
        return offered(schema, schema["$defs"][node["$ref"].rsplit("/", 1)[1]])
    parts = [*node.get("anyOf", ()), *([node["items"]] if "items" in node else [])]
    found = {each for part in parts for each in offered(schema, part)}
    return found | set(node.get("enum", ())) | set(node.get("properties", ()))


@pytest.mark.parametrize("name", ["chains/brickworks.yaml", "scenarios/first.yaml"])
def test_files_of_a_new_project_fit_their_schema(project: Path, name: str) -> None:
    """They are valid; ids of one's own are too; a slip in a key, of the file or of a member, is not."""
    found, content = in_project(project, name)
    found.check_schema(found.schema)
    found.validate(content)
    own = copy.deepcopy(content)
    if "chain" in content:
        own["materials"]["my-own"] = {"kind": "waste", "residue-of": "my-other"}
        own["processes"]["brick-kiln"]["inputs"]["my-own"] = "1 t/t"
        own["pools"]["my-own"] = {"takers": ["brick-kiln", "my-plant", {"stock": "my-heap", "tier": 2}]}
    else:
        own["drive"]["my-plant"] = "1 t/a"
        own["targets"]["my-rate"] = {"min": "3 t/a"}
        own["chains"].append("./my-chain.yaml")
    found.validate(own)
    wrong = copy.deepcopy(content)
    wrong["proceses"] = {}
    assert not found.is_valid(wrong)
    wrong = copy.deepcopy(content)
    if "chain" in content:
        wrong["processes"]["brick-kiln"]["inputs"]["gangue"]["rnage"] = "1..2 t/t"
    else:
        wrong["targets"]["industrial-solid-waste-utilisation"]["mni"] = "3 %"
    assert not found.is_valid(wrong)


def test_ids_of_the_run_are_offered(project: Path) -> None:
    """Materials, processes, stocks, chains and indicators, each where the form has its ids."""
    loaded = mfa.load(project / "scenarios/first.yaml")
    chain, scenario = loaded.json_schema("chain"), loaded.json_schema("scenario")
    process, entry = (chain["$defs"][form] for form in ("ProcessForm", "EntryForm"))
    for section in ("inputs", "outputs", "per"):
        ids = offered(chain, process["properties"][section])
        assert {"gangue", "brick", "raw-coal", "electricity"} <= ids
        assert not {"washery", "gangue-heap"} & ids
    plants = {"washery", "brick-kiln"}
    assert offered(chain, process["properties"]["like"]) == plants
    short, long = entry["anyOf"]
    assert offered(chain, short) == {*plants, "gangue-heap"}
    assert offered(chain, long["properties"]["process"]) == plants
    assert offered(chain, long["properties"]["stock"]) == {"gangue-heap"}
    sections = scenario["properties"]
    assert offered(scenario, sections["drive"]) == offered(scenario, sections["processes"]) == plants
    assert {"gangue", "brick"} <= offered(scenario, sections["demand"])
    assert offered(scenario, sections["stocks"]) == {"gangue-heap"}
    assert {"brickworks", "bayer-alumina"} <= offered(scenario, sections["chains"])
    rates = {"industrial-solid-waste-utilisation", "utilisation:gangue"}
    assert rates <= offered(scenario, sections["targets"])


def test_ids_of_another_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`mfa schema --for FILE` prints what `mfa init` wrote for the same file; without it no ids."""
    file = project / "scenarios" / "first.yaml"
    for kind in ("chain", "scenario"):
        with pytest.raises(SystemExit):
            main(["schema", kind, "--for", str(file)])
        printed = json.loads(capsys.readouterr().out)
        written = json.loads((project / f".mfa/{kind}.schema.json").read_text(encoding="utf-8"))
        assert printed == written
        with pytest.raises(SystemExit):
            main(["schema", kind])
        plain = capsys.readouterr().out
        assert "gangue" in json.dumps(printed)
        assert "gangue" not in plain
        assert "x-ids" not in plain + json.dumps(printed)

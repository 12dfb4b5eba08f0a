"""Faulty input: every message with its place, its words and nothing that follows from it.

`faults/NAME.yaml` is the input and `faults/NAME.txt` the English text that `mfa.load` gives.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mfa
from mfa.errors import Fault, catalogue, nearest

FOLDER = Path(__file__).parent / "faults"
CASES = sorted(p.stem for p in FOLDER.glob("*.yaml"))
OF_THE_INPUT = ("files", "fields", "model", "units", "years")
OF_THE_COMMANDS = {"init-exists", "init-not-folder", "picture-ending", "sankey-unit"}
PLACE = re.compile(r"[^:\n]+:[1-9][0-9]*:[1-9][0-9]*: [^\n]+\Z")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder is that of the cases, so that messages show short names."""
    monkeypatch.chdir(FOLDER)
    return FOLDER


def faults_of(act: Callable[[], object]) -> mfa.Error:
    """The error that an act ends in."""
    with pytest.raises(mfa.Error) as caught:
        act()
    return caught.value


def load_case(name: str) -> mfa.Error:
    return faults_of(lambda: mfa.load(f"{name}.yaml"))


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, here: Path, request: pytest.FixtureRequest) -> None:
    """A faulty file gives exactly the text that is written beside it."""
    found = str(load_case(name)) + "\n"
    expected = here / f"{name}.txt"
    if request.config.getoption("--rewrite"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_every_fault_says_where(name: str, here: Path) -> None:
    """Every line is `FILE:LINE:COLUMN: wrong; expected; mend`, in both languages, and its place exists."""
    error = load_case(name)
    for fault in error.faults:
        for lang in ("en", "zh"):
            assert PLACE.match(fault.text(lang)), fault.text(lang)
        assert fault.text("en").count("; ") >= 2
        assert fault.text("zh").count("；") >= 2
        assert fault.place is not None
        lines = Path(fault.place.file).read_text(encoding="utf-8").split("\n")
        assert fault.place.line <= len(lines)
        assert fault.place.column <= len(lines[fault.place.line - 1]) + 1


def test_texts_have_cases() -> None:
    """No text is left over from a case that was taken away."""
    assert sorted(p.stem for p in FOLDER.glob("*.txt")) == CASES


def variant_missing() -> mfa.Error:
    return faults_of(lambda: mfa.load("good.yml", variants=["no-yard", "mroe"]))


def lever_missing() -> mfa.Error:
    return faults_of(lambda: mfa.load("good.yml", levers={"szie": "half", "size": "dubble"}))


def name_of_two_chains() -> mfa.Error:
    return faults_of(lambda: mfa.load("TWINS"))


def alias_of_two_chains() -> mfa.Error:
    return faults_of(lambda: mfa.check("chains/twin-south.yaml"))


def chain_with_settings() -> mfa.Error:
    return faults_of(lambda: mfa.load("chains/plant.yaml", settings={"refinery.capacity": "2 Mt/a"}))


def set_to_nothing() -> mfa.Error:
    return faults_of(lambda: mfa.load("good.yml", settings={"refinery.level": " "}))


def recycle() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/recycle.yml").solve())


def lost_in_a_cycle() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/lost.yml").solve())


def lost_in_a_block() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/turned.yml").solve())


def contrary_orders() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/orders.yml").solve())


def layer_loop() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/layer-loop.yml").solve().to_json())


def outlived_cohort() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/outlived.yml").solve())


def nothing_held() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/held.yml").solve())


def moisture_in_long_periods() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/stepped.yml").solve())


def drive_outgrows_capacity() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/too-fast.yml").solve())


def coefficient_fades() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/fading.yml").solve())


def balance_of_a_year() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/unclosed.yml").solve())


def year_not_run() -> mfa.Error:
    return faults_of(lambda: mfa.load("solving/years.yml").solve().year(2031))


OTHER_WAYS = [
    variant_missing,
    lever_missing,
    name_of_two_chains,
    alias_of_two_chains,
    chain_with_settings,
    set_to_nothing,
    recycle,
    lost_in_a_cycle,
    lost_in_a_block,
    contrary_orders,
    layer_loop,
    outlived_cohort,
    nothing_held,
    moisture_in_long_periods,
    drive_outgrows_capacity,
    coefficient_fades,
    balance_of_a_year,
    year_not_run,
]


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_other_way(way: Callable[[], mfa.Error], here: Path, request: pytest.FixtureRequest) -> None:
    """Faults of settings, of variants and of the network read as those of a file."""
    found = "\n".join(f"{f.key} | {f.text()}" for f in way().faults) + "\n"
    expected = here / "other-ways" / f"{way.__name__}.txt"
    if request.config.getoption("--rewrite"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def test_every_message_is_raised(here: Path, odd_keys: set[str]) -> None:
    """Every message of the input has a case that raises it."""
    raised = {f.key for name in CASES for f in load_case(name).faults} | odd_keys
    raised |= {f.key for way in OTHER_WAYS for f in way().faults}
    raised |= {n.key for n in mfa.load("good.yml", variants=["driven"]).system.notes}
    folder = resources.files("mfa").joinpath("messages")
    texts = [tomllib.loads(folder.joinpath(f"{n}.toml").read_text(encoding="utf-8")) for n in OF_THE_INPUT]
    assert {k for t in texts for k in t} - OF_THE_COMMANDS - raised == set()


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_both_languages(key: str) -> None:
    """Both texts of a message use the same values, but those in the words of one language."""
    names = [set(re.findall(r"(?<!\{)\{([a-z]+)(?:_zh)?\}", catalogue()[key][lang])) for lang in ("en", "zh")]
    assert names[0] == names[1] or (key.startswith("unit-") and names[1] <= names[0] | {"have", "want"})


def test_nearest_is_quick() -> None:
    """A hint among very many names comes at once."""
    names = [f"process-{i}" for i in range(20_000)]
    assert nearest("proces-17", names) != ""


def test_line_breaks_stay_out() -> None:
    """A text from a file cannot break the one line of a message."""
    fault = Fault("chain-missing", None, {"name": "a\nb\x1b[31m\u2028c", "near": ""})
    assert fault.text().splitlines() == [fault.text()]
    assert "\x1b" not in fault.text()


# Odd files, made by the test.

CHAIN = "chain: odd\nmaterials:\n  a: {kind: product, label: 铝土矿}\nprocesses:\n  p: {per: a}\n"
SCENARIO = "scenario: odd\nchains: [good]\n"


def deep(opening: str) -> str:
    return "chain: odd\nnote: " + opening * 100_000


def bomb() -> str:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    return "\n".join(["chain: odd", *rows])


def recipe(value: str) -> str:
    return CHAIN.replace("{per: a}", f"{{per: a, capacity: {value}}}")


ODD_TEXTS = {
    "empty": ("", "yaml-not-mapping"),
    "comments": ("# nothing\n# more\n", "yaml-not-mapping"),
    "blank": (" \n\n", "yaml-not-mapping"),
    "null": ("~\n", "yaml-not-mapping"),
    "number": ("12\n", "yaml-not-mapping"),
    "deep-lists": (deep("["), "yaml-deep"),
    "deep-mappings": (deep("{a: "), "yaml-deep"),
    "deep-block": ("chain: odd\nnote:\n" + "".join(" " * i + "- \n" for i in range(1, 2000)), "yaml-deep"),
    "deep-dashes": ("chain: odd\nnote:\n  " + "- " * 100_000 + "a\n", "yaml-deep"),
    "bomb": (bomb(), "yaml-bomb"),
    "recursive-list": ("chain: odd\nnote: &a [*a]\n", "yaml-recursive"),
    "recursive-root": ("&a\nchain: odd\nnote: *a\n", "yaml-recursive"),
    "alias-as-key": ("chain: &a odd\n*a : b\n", "yaml-alias"),
    "tag": ("!!python/object/apply:os.system ['touch broken']\n", "yaml-tag"),
    "tagged-key": ("chain: odd\n!!str note: a\n", "yaml-tag"),
    "documents": (CHAIN + "---\n" + CHAIN, "yaml-documents"),
    "directive": ("%YAML 3.0\n---\n" + CHAIN, "yaml-syntax"),
    "merge": ("chain: odd\n<<: {note: a}\n", "yaml-merge-key"),
    "only-tabs": ("\t\t\n\t", "yaml-tab"),
    "nul": ("chain: o\0dd\n", "file-control"),
    "c1": ("chain: o\x84dd\n", "file-control"),
    "digits": (recipe("1" * 1_000_000 + " t/a"), "number-size"),
    "decimals": (recipe("0." + "1" * 1_000_000 + " t/a"), "number-size"),
    "exponent": (recipe("1e" + "9" * 1_000_000 + " t/a"), "number-size"),
    "huge": (recipe("1e999 t/a"), "number-size"),
    "tiny": (recipe("1e-999 t/a"), "number-size"),
    "nan": (recipe("NaN t/a"), "number-form"),
    "dot-nan": (recipe(".nan t/a"), "number-form"),
    "inf": (recipe("inf t/a"), "number-form"),
    "dot-inf": (recipe("-.inf t/a"), "number-form"),
    "superscript": (recipe("1² t/a"), "number-form"),
    "underscores": (recipe("1_000_000 t/a"), "number-grouped"),
    "unit-long": (recipe("1 " + "t" * 1_000_000), "number-size"),
    "unit-powers": (recipe("1 t^99999999/a"), None),
    "unit-python": (recipe("1 __import__('os').system('touch broken')"), None),
    "one-megabyte-key": ("chain: odd\n? " + "k" * 1_000_000 + "\n: 1\n", "key-unknown"),
    "long-line": ("chain: " + "x" * 3_000_000 + "!\n", "id-form"),
}
ODD_BYTES = {
    "utf-16": (CHAIN.encode("utf-16"), "file-utf16"),
    "utf-16-bare": (CHAIN.encode("utf-16-le"), "file-utf16"),
    "utf-32": (CHAIN.encode("utf-32"), "file-utf16"),
    "gbk": (CHAIN.encode("gbk"), "file-not-utf8"),
    "cut": (CHAIN.encode()[:52], "file-not-utf8"),
    "surrogate": (b"chain: \xed\xa0\x80\n", "file-not-utf8"),
    "zip": (b"PK\x03\x04\x14\x00\x06\x00\x08\x00" * 50, None),
    "noise": (bytes(range(256)) * 40, None),
}


def odd_text(name: str, folder: Path) -> mfa.Error:
    file = folder / f"{name}.yaml"
    text = ODD_TEXTS[name][0] if name in ODD_TEXTS else None
    file.write_bytes(text.encode() if text is not None else ODD_BYTES[name][0])
    return faults_of(lambda: mfa.load(file))


@pytest.fixture(scope="module")
def odd_keys(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The keys that the odd files raise."""
    folder = tmp_path_factory.mktemp("odd")
    names = ["bomb", "deep-lists", "directive", *ODD_BYTES]
    keys = {f.key for n in names for f in odd_text(n, folder).faults}
    big = folder / "big.yaml"
    with big.open("wb") as file:
        file.truncate(65 * 2**20)
    loop = folder / "loop.yaml"
    loop.symlink_to(loop)
    odd = [big, folder, folder / "none.yaml", loop]
    return keys | {f.key for path in odd for f in faults_of(lambda p=path: mfa.load(p)).faults}


@pytest.mark.parametrize("name", [*ODD_TEXTS, *ODD_BYTES])
def test_odd_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An odd file ends in its own message, short and in one line, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    error = odd_text(name, tmp_path)
    wanted = (ODD_TEXTS.get(name) or ODD_BYTES[name])[1]
    assert wanted is None or [f.key for f in error.faults] == [wanted]
    assert all(len(f.text(lang)) < 700 for f in error.faults for lang in ("en", "zh"))
    assert len(str(error).splitlines()) == len(error.faults)
    assert [p.name for p in tmp_path.iterdir()] == [f"{name}.yaml"]


# What is no file, and paths that lead out.


def test_no_plain_file(tmp_path: Path) -> None:
    """A folder, a pipe, a device, a file that is missing, circular or too large is refused at once."""
    pipe, loop, big = (tmp_path / f"{n}.yaml" for n in ("pipe", "loop", "big"))
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    with big.open("wb") as file:
        file.truncate(65 * 2**20)
    wanted = {
        pipe: "file-not-regular",
        tmp_path: "file-not-regular",
        Path("/dev/zero"): "file-not-regular",
        loop: "file-unreadable",
        big: "file-too-large",
        tmp_path / "none.yaml": "file-missing",
        tmp_path / "none" / "none.yaml": "file-missing",
        Path("no-such-scenario"): "scenario-missing",
    }
    found = {p: [f.key for f in faults_of(lambda p=p: mfa.load(p)).faults] for p in wanted}
    assert found == {p: [key] for p, key in wanted.items()}


@pytest.mark.parametrize("text", [CHAIN, SCENARIO.replace("[good]", "[]")])
def test_marks_and_line_ends(text: str, tmp_path: Path) -> None:
    """A byte-order mark and Windows line ends are accepted, and places count the same."""
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert mfa.load(file)
    file.write_bytes(b"\xef\xbb\xbf" + f"{text}wrong: 1\n".replace("\n", "\r\n").encode())
    place = faults_of(lambda: mfa.load(file)).faults[0].place
    assert place is not None
    assert (place.line, place.column) == (text.count("\n") + 1, 1)


BAD_PATHS = {
    "/dev/zero": "file-absolute",
    "/etc/passwd": "file-absolute",
    "C:\\plants\\a.yaml": "file-absolute",
    "c:/plants/a.yaml": "file-absolute",
    "\\\\server\\share\\a.yaml": "file-absolute",
    "~/a.yaml": "file-absolute",
    "https://example.org/a.yaml": "file-url",
    "file:///etc/passwd": "file-url",
    "../outside.yaml": "file-outside",
    "../outside": "file-outside",
    "sub/../../outside.yaml": "file-outside",
    "..": "file-outside",
    "../../../../../../../../etc/passwd": "file-outside",
    "link": "file-outside",
    "linked/outside": "file-outside",
    "device": "file-not-regular",
    "pipe": "file-not-regular",
    "loop": None,
    "sub": None,
    ".": None,
    "": None,
    "x" * 5000: None,
    "a/" * 3000: None,
    "a\tb": None,
    "..\\outside.yaml": None,
    "%2e%2e/outside.yaml": None,
    "*": None,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project's folder with doors that lead out of it."""
    folder = tmp_path / "project"
    for kind in ("chains", "scenarios"):
        (folder / kind / "sub").mkdir(parents=True)
        (folder / kind / "link.yaml").symlink_to(tmp_path / "outside.yaml")
        (folder / kind / "linked").symlink_to(tmp_path)
        (folder / kind / "device.yaml").symlink_to("/dev/zero")
        (folder / kind / "loop.yaml").symlink_to("loop.yaml")
        os.mkfifo(folder / kind / "pipe.yaml")
    (tmp_path / "outside.yaml").write_text("chain: outside\n")
    return folder


@pytest.mark.parametrize("name", list(BAD_PATHS), ids=lambda n: n[:30] or "nothing")
@pytest.mark.parametrize("kind", ["chains", "extends"])
def test_paths_stay_inside(kind: str, name: str, project: Path) -> None:
    """A path that leads out of the project, or to no plain file, is a fault at its place."""
    file = project / "scenario.yaml"
    value = json.dumps([name] if kind == "chains" else name)
    file.write_text(f"scenario: a\n{kind}: {value}\n")
    error = faults_of(lambda: mfa.load(file))
    missing = "chain-missing" if kind == "chains" else "scenario-missing"
    assert [f.key for f in error.faults] == [BAD_PATHS[name] or missing]
    assert error.faults[0].place is not None
    assert error.faults[0].place.line == 2
    assert len(str(error)) < 500


@pytest.mark.parametrize("variants", [["none"], ["a\nb"], ["x" * 10_000]])
def test_odd_variants(variants: list[str], here: Path) -> None:
    """A variant that is not there is named in one short line."""
    text = str(faults_of(lambda: mfa.load("good.yml", variants=variants)))
    assert len(text) < 300
    assert "\n" not in text


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("refinery.level", "2"),
        ("refinery.level", "2 Mt/a\nother: 3"),
        ("refinery.level", "*a"),
        ("refinery.level", "!!python/name:os.system"),
        ("refinery.level", "[1, 2"),
        ("refinery.level", "1" * 10_000),
        ("", "2 Mt/a"),
        (".", "2 Mt/a"),
        ("refinery", "2 Mt/a"),
        ("refinery.inputs.", "2 t/t"),
        ("a\nb", "2 Mt/a"),
        ("x" * 10_000, "2 Mt/a"),
        ("red-mud.takers.yard.limit", "1 ton/a"),
        ("refinery.__class__", "1 t"),
        ("demand.", "1 t/a"),
        ("refinery.level", 2),
    ],
)
def test_odd_settings(path: str, value: str, here: Path) -> None:
    """A setting that leads nowhere or is no quantity is a fault of the command line."""
    error = faults_of(lambda: mfa.load("good.yml", settings={path: value}))
    assert [f.place.file for f in error.faults if f.place] == ["--set"]
    assert len(str(error)) < 500
    assert "\n" not in str(error)


def test_a_folder_that_may_not_be_read_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed `chains/` is not passed over for a chain of that name elsewhere."""
    stat = Path.stat

    def closed(path: Path, **options: bool) -> os.stat_result:
        if path.parent == project / "chains":
            raise PermissionError(13, "Permission denied")
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", closed)
    file = project / "scenario.yaml"
    file.write_text("scenario: a\nchains: [bayer-alumina]\n")
    error = faults_of(lambda: mfa.load(file))
    assert [f.key for f in error.faults] == ["file-unreadable"]
    assert f"'{project / 'chains'}' cannot be read (Permission denied)" in str(error)


def test_many_faults(tmp_path: Path) -> None:
    """Thousands of faults are told at once, in the order of their places, within seconds."""
    rows = [f"  p{i}: {{per: mat, inputs: {{b{i}: 1 t/t}}}}" for i in range(2000)]
    file = tmp_path / "many.yaml"
    file.write_text("\n".join(["chain: many", "processes:", *rows]))
    faults = faults_of(lambda: mfa.load(file)).faults
    assert len(faults) == 4000
    assert [f.place for f in faults] == sorted(f.place for f in faults if f.place)


# Mutations of good files.

ODD_WORDS = """
no on 1:30 012 ~ null .inf NaN -1 -0 1e999 0 1 2.5 95% 120_% 1_000 a,b {} [] {a:_1} [1,_2]_t/t '' "" !
!!int_1 &a *a << ? - : :: # @x %5 `x |_ >_ {value:_1_t/t} {value:_{}} {balance:_true} {2020:_1_Mt/a}
{range:_1..2_t/t} {value:_1_t/t,_range:_2..1_t/t} {interpolate:_step} {years:_{}} {id:_yard} {insert:_[]}
{insert:_[yard]} {entries:_[]} {process:_yard} {stock:_brick-works} {boundary:_export} yard brick-works
red-mud import export shortage 赤泥 铝_t 1_ton/t 2_Mt 2_Mt/a 1_t_wet/a 1_MW 5_% none true false "\\0"
"\\n" 1.2.3 1..2 1..2_t/t -1..2_t/t 9999 2025 20250 {like:_refinery} {en:_a,_b} 2_t/t 1_d/a 9e99_t/a
"""
ODD_VALUES = ODD_WORDS.split()
PLANT = (FOLDER / "chains" / "plant.yaml").read_text(encoding="utf-8")
PARK = """scenario: park
extends: base
year: 2025
chains: [plant]
sources: {plan: The plan}
drive: {refinery: {2020: 1 Mt/a, 2030: 2 Mt/a}}
demand: {brick: 5 kt/a}
supply: {gas: 1 kt/a}
materials:
  mud-south: {kind: waste, residue-of: red-mud, parent-equivalent: 1.1}
  bauxite: {composition: {Al2O3: 63 %, SiO2: 12 %}, price: {value: 400 CNY/t, cv: 10 %}}
processes:
  refinery: {inputs: {bauxite: {value: 2.2 t/t, sd: 0.1 t/t}}, operating: 8000 h/a, site: north}
  south: {like: brick-works, rename: {red-mud: mud-south}, enabled: true, fate: disposal}
pools:
  red-mud:
    takers: {insert: [{process: road-works, before: yard, limit: 40 %}]}
    givers: [{stock: yard, tier: 2, share: 3}, {boundary: import, tier: 2}]
stocks: {yard: {initial: 12 Mt, fate: storage}}
prices: {alumina: 2600 CNY/t}
factors: {grid-co2: 0.7 t/MWh}
set:
  refinery.inputs.electricity: 240 kWh/t
  red-mud.takers.yard.limit: 1 Mt/a
targets: {industrial-solid-waste-utilisation: {min: 95 %, source: plan}}
variants: {more: {drive: {refinery: 1 Mt/a}}}
levers: {size: {levels: {half: {drive: {refinery: 1 Mt/a}}, same: {label: As it is}}}}
"""
GOOD = {
    "park.yaml": PARK,
    "chains/plant.yaml": PLANT,
    "base.yaml": "scenario: base\ndemand: {brick: 1 kt/a}\nlabel: {en: Base, zh: 基准}\n",
}
TOKEN = re.compile(r"[^\s{}\[\],:]+(?: [A-Za-z%/]+)?|[{}\[\],:]|\n *")


def mutated(text: str, data: st.DataObject) -> str:
    """A text with a few lines or words deleted, doubled, exchanged or replaced."""
    for _ in range(data.draw(st.integers(1, 4))):
        by_line = data.draw(st.booleans())
        parts = text.splitlines(keepends=True) if by_line else re.split(f"({TOKEN.pattern})", text)
        if not parts:
            return text
        at, to = (data.draw(st.integers(0, len(parts) - 1)) for _ in range(2))
        act = data.draw(st.sampled_from(["delete", "double", "exchange", "replace", "replace", "indent"]))
        if act == "delete":
            parts[at] = ""
        elif act == "double":
            parts[at] *= 2
        elif act == "exchange":
            parts[at], parts[to] = parts[to], parts[at]
        elif act == "indent":
            parts[at] = "  " + parts[at]
        else:
            odd = data.draw(st.sampled_from(ODD_VALUES) | st.text(max_size=6)).replace("_", " ")
            parts[at] = f"{parts[at].split(':')[0]}: {odd}\n" if by_line else odd
        text = "".join(parts)
    return text


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good scenario, its base and its chain."""
    folder = tmp_path_factory.mktemp("park")
    (folder / "chains").mkdir()
    for name, text in GOOD.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert mfa.load(folder / "park.yaml", variants=["more"], levers={"size": "half"}).solve()
    return folder


@settings(
    max_examples=int(os.environ.get("MFA_FUZZ", "400")),
    deadline=None,
    derandomize="MFA_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_mutated_files(park: Path, data: st.DataObject) -> None:
    """Whatever a good file is turned into, it loads or ends in an `mfa.Error` of short lines."""
    name = data.draw(st.sampled_from(list(GOOD)))
    text = mutated(GOOD[name], data).encode("utf-8", "surrogatepass")
    for each, good in GOOD.items():
        (park / each).write_bytes(text if each == name else good.encode())
    error = None
    try:
        mfa.load(
            park / "park.yaml", variants=data.draw(st.sampled_from([[], ["more"]])), levers={"size": "half"}
        )
    except mfa.Error as caught:
        error = caught
    if error:
        assert len(error.text("zh").splitlines()) == len(error.faults) == len(str(error).splitlines())
        assert all(f.place for f in error.faults)

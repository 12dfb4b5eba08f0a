"""The library in threads, in other processes and in scripts: what travels, compares and is left alone."""

from __future__ import annotations

import gc
import importlib
import inspect
import multiprocessing
import os
import pickle
import pkgutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import pytest

import mfa
from mfa.cli import main
from mfa.cli.misuse import Misuse
from mfa.engine.linear import Singular
from mfa.engine.network import GainError, LostError, OrderError
from mfa.errors import Fault, FaultWithoutPlace, Place
from mfa.input.yaml.reader import _Stop
from mfa.show.reproducible import reproducible
from mfa.show.sankey.geometry import Geometry
from mfa.show.sankey.layout.fit import Unfit
from mfa.studies.lp import programme
from mfa.studies.lp.programme import Elastic, Undecided

PARK = """scenario: park
chains: [./chain.yaml]
drive: {works: 1 Mt/a}
targets: {industrial-solid-waste-utilisation: {min: 95 %}}
claims:
  - {level: works, value: 1 Mt/a}
  - {level: kiln, min: 600 kt/a}
variants:
  large: {processes: {kiln: {capacity: 700 kt/a}}}
"""
CHAIN = """chain: chain
materials:
  ore: {kind: resource, composition: {Fe: 30 %}}
  metal: {kind: product, composition: {Fe: 60 %}}
  mud: {kind: waste, waste: industrial-solid}
  brick: {kind: product}
processes:
  works: {per: metal, inputs: {ore: 2 t/t}, outputs: {metal: 1 t/t, mud: 1 t/t}}
  kiln: {per: brick, inputs: {mud: 1 t/t}, outputs: {brick: 1 t/t}, capacity: 400 kt/a}
pools: {mud: {takers: [kiln, {boundary: deposit}]}}
"""


@pytest.fixture
def park(tmp_path: Path) -> Path:
    """A scenario file beside its chain."""
    (tmp_path / "chain.yaml").write_text(CHAIN, encoding="utf-8")
    (tmp_path / "park.yaml").write_text(PARK, encoding="utf-8")
    return tmp_path / "park.yaml"


# ---------------------------------------------------------------- errors that travel
FAULT = Fault("file-missing", Place("a.yaml", 2, 3), {"file": "a.yaml"})
EXCEPTIONS: dict[type[BaseException], BaseException] = {
    mfa.Error: mfa.Error([FAULT, Fault("samples-seed", None, {"given": "-1"})]),
    mfa.Failure: mfa.Failure("the disk is full"),
    FaultWithoutPlace: FaultWithoutPlace("file-missing", file="a.yaml"),
    GainError: GainError((1, 2, 3, 4), 1.027, 0.9),
    OrderError: OrderError((1, 2), (3, 4)),
    LostError: LostError((1, 2), (1, 0, 2, 1), 1.2),
    Singular: Singular(7),
    Undecided: Undecided(),
    Unfit: Unfit(Geometry((), (), 9.0, 4.0, "t/a", 1.0, 0.0, 0.0, 0, {}), 9.0, 4.0),
    _Stop: _Stop(),
    Misuse: Misuse("misuse-later", what="mfa seek"),
}


def test_every_exception_has_an_example() -> None:
    """The table above names every exception class of the package."""
    found = set()
    for module in pkgutil.walk_packages(mfa.__path__, "mfa."):
        if not module.name.endswith("__main__"):
            members = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
            found |= {
                c for _, c in members if issubclass(c, BaseException) and c.__module__.startswith("mfa.")
            }
    assert found == set(EXCEPTIONS)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("error", EXCEPTIONS.values(), ids=lambda e: type(e).__name__)
def test_exceptions_travel(error: BaseException, protocol: int) -> None:
    """An exception comes out of a pickle as it went in: class, text, attributes."""
    back = pickle.loads(pickle.dumps(error, protocol))
    assert type(back) is type(error)
    assert (str(back), vars(back), back.args) == (str(error), vars(error), error.args)


def test_a_faulty_case_in_a_pool_of_processes(park: Path) -> None:
    """Of four cases one is faulty: three arrive, and the fourth raises its own error in the parent."""
    scenario = mfa.load(park)
    sizes = ["100 kt/a", "3 Mt", "500 kt/a", "900 kt/a"]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        cases = [pool.submit(scenario.replace, {"kiln.capacity": size}) for size in sizes]
        with pytest.raises(mfa.Error, match="3 Mt"):
            cases[1].result(timeout=120)
        levels = [
            c.result(timeout=120).solve().processes.set_index("process").level["kiln"] for c in cases[::2]
        ]
        last = cases[3].result(timeout=120)
    assert levels == [100e3, 500e3]
    assert last == scenario.replace({"kiln.capacity": "900 kt/a"})


# ---------------------------------------------------------------- what a call may be given
def test_one_name_stands_for_a_list_of_one(park: Path) -> None:
    """A text where names are expected is one name."""
    assert mfa.load(park, variants="large") == mfa.load(park, variants=["large"])
    assert mfa.load(park, variants=None) == mfa.load(park)
    assert mfa.load(park).with_layers("Fe").system.layers == ("Fe",)
    assert mfa.load(park).with_layers(["Fe", "Na2O"]).system.layers == ("Fe", "Na2O")


WRONG: dict[str, Callable[[Any], object]] = {
    "argument-names": lambda s: mfa.load(s.path, variants=5),  # type: ignore[arg-type]
    "argument-names ": lambda s: mfa.load(s.path, variants=[1]),  # type: ignore[list-item]
    "argument-names  ": lambda s: s.with_layers([None]),
    "argument-settings": lambda s: mfa.load(s.path, settings="kiln.capacity=2 Mt/a"),  # type: ignore[arg-type]
    "argument-settings ": lambda s: s.replace("kiln.capacity=2 Mt/a"),
    "argument-lang": lambda s: s.solve().to_json("fr"),
    "argument-lang ": lambda s: s.solve().table("flows", None),
    "argument-lang  ": lambda s: s.solve().sankey(lang="fr"),
    "argument-lang   ": lambda s: s.picture(lang="fr"),
    "argument-lang    ": lambda s: s.export("book.xlsx", lang="fr"),
    "argument-lang     ": lambda s: s.solve().report("page.html", lang="fr"),
}


@pytest.mark.parametrize("key", WRONG)
def test_wrong_arguments(key: str, park: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument of another kind is one fault in both languages, and nothing is written."""
    monkeypatch.chdir(park.parent)
    with pytest.raises(mfa.Error) as caught:
        WRONG[key](mfa.load(park))
    assert [f.key for f in caught.value.faults] == [key.strip()]
    assert caught.value.text("en").count("; ") == 2
    assert caught.value.text("zh").count("；") == 2
    assert sorted(p.name for p in park.parent.iterdir()) == ["chain.yaml", "park.yaml"]


# ---------------------------------------------------------------- equality
def test_scenarios_and_results_compare(park: Path) -> None:
    """Scenarios are equal by what they say, results are themselves; both can be keys."""
    one, other = mfa.load(park), mfa.load(park)
    assert one == other
    assert hash(one) == hash(other)
    changed = one.replace({"kiln.capacity": "1 Mt/a"})
    assert changed != one
    assert hash(changed) == hash(other.replace({"kiln.capacity": "1 Mt/a"}))
    first, second = one.solve(), other.solve()
    assert first == first
    assert first != second
    assert first.state != second.state
    assert len({first, second}) == 2


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("1 t", "1000 kg", True),
        ("0.1 t", "100 kg", True),
        ("240 万t/a", "2.4 Mt/a", True),
        ("3.6 GJ", "1000 kWh", True),
        ("8760 t/a", "24 t/d", True),
        ("5 %", "0.05", True),
        ("0 t", "0 kg", True),
        ("1 t", "1.00000001 t", False),
        ("1 t", "1 t/a", False),
        ("1 t", "1 kWh", False),
        ("-1 t", "1 t", False),
    ],
)
def test_quantities_compare(one: str, other: str, equal: bool) -> None:
    """Quantities are equal where they are the same amount, whatever their unit, and so are their hashes."""
    a, b = mfa.quantity(one), mfa.quantity(other)
    assert (a == b) is equal
    assert (hash(a) == hash(b)) is equal
    assert a != one


def test_conversion_keeps_a_quantity_equal() -> None:
    """There and back through units without round factors, of many sizes."""
    for k in range(-30, 31):
        for unit in ("lb", "kg", "Mt"):
            amount = mfa.Quantity(1.2345678912 * 10.0**k, "t")
            assert amount.to(unit) == amount
            assert hash(amount.to(unit)) == hash(amount)


def test_quantities_that_are_none_compare() -> None:
    """A unit that is none and a number that is none are equal as written."""
    assert mfa.Quantity(1.0, "foo") == mfa.Quantity(1.0, "foo")
    assert mfa.Quantity(1.0, "foo") != mfa.Quantity(1.0, "t")
    assert mfa.Quantity(float("inf"), "t") == mfa.Quantity(float("inf"), "t")


def test_the_arrays_of_a_run_cannot_be_written(park: Path) -> None:
    """The tables are made from them when first asked for."""
    result = mfa.load(park).solve()
    for array in (result.state.handed, result.state.level, result.state.net, result.state.surplus):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 7.0
    assert set(result.flows.amount) <= {2e6, 1e6, 400e3, 600e3}


# ---------------------------------------------------------------- what belongs to the process
def test_nothing_of_the_process_is_touched(
    park: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Loading, solving, auditing swap no descriptor, switch off no collector, and print nothing."""
    with monkeypatch.context() as patch:
        for module, name in ((os, "dup2"), (os, "dup"), (gc, "disable")):
            patch.setattr(module, name, lambda *given, n=name: pytest.fail(n))
        result = mfa.load(park).solve()
        assert [v.word for v in mfa.audit(result).verdicts] == ["stated", "contradicts"]
    assert capfd.readouterr() == ("", "")


def test_audits_in_threads(park: Path) -> None:
    """Audits at once give what one gives."""
    result = mfa.load(park).solve()
    wanted = mfa.audit(result)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: mfa.audit(result), range(8))) == [wanted] * 8


def test_pictures_in_threads(park: Path, tmp_path: Path) -> None:
    """The same picture is the same file, also where four are drawn at once."""
    result = mfa.load(park).solve()
    before = {k: mpl.rcParams[k] for k in ("svg.fonttype", "svg.hashsalt", "pdf.fonttype")}

    def drawn(number: int) -> tuple[bytes, bytes]:
        files = tmp_path / f"{number}.svg", tmp_path / f"{number}.pdf"
        for file in files:
            result.sankey(file)
        return files[0].read_bytes(), files[1].read_bytes()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(drawn, range(8)))) == 1
    assert b"<text" in (tmp_path / "0.svg").read_bytes()
    assert {k: mpl.rcParams[k] for k in before} == before


def test_one_picture_at_a_time() -> None:
    """Settings of matplotlib are the process's: who would change them while another draws has to wait."""
    before = mpl.rcParams["svg.fonttype"]
    seen: list[str] = []

    def other() -> None:
        with reproducible({"svg.fonttype": "path"}):
            seen.append(mpl.rcParams["svg.fonttype"])

    thread = Thread(target=other)
    with reproducible():
        thread.start()
        thread.join(0.1)
        assert thread.is_alive()
        assert (seen, mpl.rcParams["svg.fonttype"]) == ([], "none")
    thread.join()
    assert (seen, mpl.rcParams["svg.fonttype"]) == (["path"], before)


# ---------------------------------------------------------------- programmes that take too long
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programmes end at their limit: HiGHS is given no time, scipy a made-up answer."""
    monkeypatch.setattr(programme, "TIME_LIMIT", 0.0)
    monkeypatch.setattr("scipy.optimize.milp", lambda *given, **options: SimpleNamespace(status=1))


def test_what_takes_too_long_is_not_decided(park: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of time, a claim that differs is not decided, and sets may be missing; that is no pass."""
    result = mfa.load(park).solve()
    assert [v.word for v in mfa.audit(result).verdicts] == ["stated", "contradicts"]
    no_time(monkeypatch)
    short = mfa.audit(result)
    assert [v.word for v in short.verdicts] == ["stated", "undecided"]
    assert not short.complete
    assert not short.passes
    assert short.conflicts == ()


def test_sets_not_decided_are_no_pass(park: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every claim holds but the search for sets took too long, the audit does not pass."""
    result = mfa.load(park, variants="large").solve()
    assert mfa.audit(result).passes

    def late(self: object, chosen: object) -> float:
        raise Undecided

    monkeypatch.setattr(Elastic, "violation", late)
    found = mfa.audit(result)
    assert [v.word for v in found.verdicts] == ["stated", "holds"]
    assert (found.complete, found.passes) == (False, False)


def test_undecided_is_said_plainly(
    park: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the command line: the word, the seconds, that sets may be missing, and 1 with --strict."""
    no_time(monkeypatch)
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(park), "--strict"])
    out = capsys.readouterr().out
    assert ended.value.code == 1
    assert "1 not decided" in out
    assert "was not decided within" in out
    assert "sets may be missing" in out
    assert "no contradiction" not in out
    with pytest.raises(SystemExit):
        main(["audit", str(park), "--json"])
    assert '"complete": false' in capsys.readouterr().out

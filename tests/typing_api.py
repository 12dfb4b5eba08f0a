"""The public interface as a typed program uses it: never run, only read by the type checker."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

import pandas as pd
from matplotlib.axes import Axes

import mfa


def loading() -> None:
    """Load, replace, solve, run."""
    scenario = mfa.load("alumina-red-mud")
    assert_type(scenario, mfa.Scenario)
    assert_type(mfa.load(Path("s.yaml"), variants=["a"], settings={"p.level": "1 t/a"}), mfa.Scenario)
    assert_type(scenario.replace({"road-base.capacity": "2 Mt/a"}), mfa.Scenario)
    assert_type(scenario.solve(), mfa.Result)
    assert_type(scenario.solve().write("out", command=["mfa", "run"]), list[Path])
    assert_type(scenario.sweep({"road-base.capacity": "1..2 Mt/a:3"}, out="t.csv"), pd.DataFrame)
    assert_type(scenario.variant_names, tuple[str, ...])
    assert_type(scenario.path, Path)


def tables(result: mfa.Result) -> None:
    """Every table is a DataFrame."""
    assert_type(result.flows, pd.DataFrame)
    assert_type(result.links, pd.DataFrame)
    assert_type(result.processes, pd.DataFrame)
    assert_type(result.pools, pd.DataFrame)
    assert_type(result.stocks, pd.DataFrame)
    assert_type(result.indicators, pd.DataFrame)
    assert_type(result.balances, pd.DataFrame)
    assert_type(result.warnings, pd.DataFrame)
    assert_type(result.targets_met, bool)
    assert_type(result.to_json("zh"), dict[str, Any])


def pictures(result: mfa.Result, axes: Axes) -> None:
    """A picture goes to a file or onto axes."""
    result.sankey("sankey.html")
    result.sankey(Path("sankey.svg"), lang="zh")
    result.sankey(ax=axes)


def quantities() -> None:
    """A quantity has a number, a unit and a conversion."""
    value = mfa.quantity("240 万t/a")
    assert_type(value, mfa.Quantity)
    assert_type(value.magnitude, float)
    assert_type(value.unit, str)
    assert_type(value.to("Mt/a"), mfa.Quantity)


def faults() -> None:
    """An error lists its faults with their places."""
    try:
        mfa.load("nothing")
    except mfa.Error as error:
        for fault in error.faults:
            assert_type(fault.text("zh"), str)
            if fault.place is not None:
                assert_type(fault.place.line, int)
    except mfa.Failure as failure:
        assert_type(str(failure), str)
    assert_type(mfa.__version__, str)

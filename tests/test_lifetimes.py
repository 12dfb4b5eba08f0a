"""Lifetimes and cohorts alone: closed forms, a second library, published tables, conservation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from mfa.engine.cohorts import Cohorts
from mfa.engine.lifetimes import parameters, survival, weibull_shape
from mfa.errors import Place
from mfa.storage import Lifetime, Periods, Stock
from mfa.system import Figure

HERE = Place("here", 1, 1)
AGES = np.linspace(0, 60, 241)


def lifetime(dist: Any, inflow_at: Any = "middle", table: tuple[float, ...] = (), **figures: Any) -> Lifetime:
    given = {k: v if isinstance(v, Figure) else Figure(float(v)) for k, v in figures.items()}
    return Lifetime(dist, HERE, table=table, inflow_at=inflow_at, **given)


def stock(of: Lifetime, cohorts: dict[int, float] | None = None) -> Stock:
    old = tuple((year, Figure(amount)) for year, amount in (cohorts or {}).items())
    return Stock("s", {}, "part", HERE, becomes="scrap", lifetime=of, cohorts=old)


def curve(of: Lifetime, ages: np.ndarray = AGES) -> np.ndarray:
    one, two = (p[0] for p in parameters([of], np.array([[2020]])))
    return survival(of.dist, ages, one, two)


# ---------------------------------------------------------------- survival
def test_closed_forms() -> None:
    """Survival at ages where it is known: exp(-1) at the scale of Weibull, a half at a median, a step."""
    assert curve(lifetime("weibull", shape=2, scale=7), np.array([7.0])) == pytest.approx(
        math.exp(-1), abs=1e-15
    )
    assert curve(lifetime("normal", mean=9, sd=2), np.array([9.0, 11.0])) == pytest.approx(
        [0.5, 0.15865525393145707], abs=1e-15
    )
    assert curve(lifetime("fixed", mean=5), np.array([4.999, 5.0, 5.001])).tolist() == [1.0, 0.0, 0.0]
    median = 20 / math.sqrt(1 + (8 / 20) ** 2)
    assert curve(lifetime("lognormal", mean=20, sd=8), np.array([median])) == pytest.approx(0.5, abs=1e-14)
    # gamma with sd = mean is exponential, and so is Weibull
    exponential = np.exp(-AGES / 12)
    assert curve(lifetime("gamma", mean=12, sd=12)) == pytest.approx(exponential, abs=1e-14)
    assert curve(lifetime("weibull", mean=12, sd=12)) == pytest.approx(exponential, abs=1e-13)
    # a normal folded at a mean of 0 is a half-normal, erfc(a/(σ√2)); of a mean above 0 the sum of two
    expected = [
        0.5 * (math.erfc((a - 3) / (4 * math.sqrt(2))) + math.erfc((a + 3) / (4 * math.sqrt(2))))
        for a in AGES
    ]
    assert curve(lifetime("folded-normal", mean=3, sd=4)) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("mean", [2.0, 15.0, 40.0])
@pytest.mark.parametrize("share", [0.1, 0.35, 0.8, 1.3])
def test_scipy_stats_says_the_same(mean: float, share: float) -> None:
    """The distributions of another library, by the formulas of its documentation."""
    sd = share * mean
    log_sd = math.sqrt(math.log(1 + share**2))
    second = {
        "normal": scipy.stats.norm(mean, sd),
        "folded-normal": scipy.stats.foldnorm(mean / sd, 0, sd),
        "lognormal": scipy.stats.lognorm(log_sd, scale=mean / math.sqrt(1 + share**2)),
        "gamma": scipy.stats.gamma(1 / share**2, scale=share**2 * mean),
    }
    for dist, other in second.items():
        assert curve(lifetime(dist, mean=mean, sd=sd)) == pytest.approx(other.sf(AGES), abs=2e-14), dist
    shape, scale = 1 + share, mean
    found = curve(lifetime("weibull", shape=shape, scale=scale))
    assert found == pytest.approx(scipy.stats.weibull_min(shape, scale=scale).sf(AGES), abs=2e-15)


@pytest.mark.parametrize("dist", ["lognormal", "gamma", "weibull"])
@pytest.mark.parametrize(("mean", "sd"), [(15.0, 5.0), (3.0, 4.0), (40.0, 4.0)])
def test_mean_and_deviation_are_those_asked_for(dist: str, mean: float, sd: float) -> None:
    """∫ S da is the mean, ∫ 2 a S da its square and the variance."""
    of = lifetime(dist, mean=mean, sd=sd)

    def left(age: float) -> float:
        return float(curve(of, np.array([age]))[0])

    first = scipy.integrate.quad(left, 0, np.inf, limit=400)[0]
    second = scipy.integrate.quad(lambda a: 2 * a * left(a), 0, np.inf, limit=400)[0]
    assert first == pytest.approx(mean, rel=1e-7)
    assert second == pytest.approx(mean**2 + sd**2, rel=1e-6)


def test_shapes_of_weibull() -> None:
    """Γ(1+2/k)/Γ(1+1/k)² − 1 of known shapes: 1, 2 (Rayleigh: 4/π), 1/2 (5: Γ(5)/Γ(3)² = 6)."""
    assert weibull_shape(1.0) == pytest.approx(1.0, abs=1e-13)
    assert weibull_shape(math.sqrt(4 / math.pi - 1)) == pytest.approx(2.0, abs=1e-12)
    assert weibull_shape(math.sqrt(5.0)) == pytest.approx(0.5, abs=1e-12)


# ---------------------------------------------------------------- cohorts
def run(
    of: Stock, inflow: list[float], first: int = 2000, step: int = 1
) -> tuple[Cohorts, list[float], list[float]]:
    """The cohorts, and stock and outflow of each period."""
    periods = Periods(first, first + step * len(inflow) - 1, step)
    made, stocks, outflows = Cohorts([of], periods), [], []
    for amount in inflow:
        outflows.append(float(made.leaving[0] + made.at_once[0] * amount))
        made.enter(np.array([amount]))
        stocks.append(float(made.opening[0]))
    return made, stocks, outflows


UP = [float(n) for n in range(1, 11)]


def test_fixed_life_of_odym() -> None:
    """ODYM, tests/test_dynamic_stock_model.py: inflow 1 … 10, life 5, age = year − year of entry."""
    made, stocks, outflows = run(stock(lifetime("fixed", "end", mean=5)), UP)
    assert stocks == [1, 3, 6, 10, 15, 20, 25, 30, 35, 40]
    assert outflows == [0, 0, 0, 0, 0, 1, 2, 3, 4, 5]
    assert made.present(8)[:, 0].tolist() == [0, 0, 0, 0, 5, 6, 7, 8, 9]


def test_normal_life_of_odym() -> None:
    """The same source: mean 5, sd 1.5, printed with nine digits."""
    made, stocks, outflows = run(stock(lifetime("normal", "end", mean=5, sd=1.5)), UP)
    assert stocks == pytest.approx(
        [0.99957094, 2.9953115, 5.96830193, 9.85008113, 14.4793678, 19.60865447, 24.99043368, 30.46342411,
         35.95916467, 41.45873561], abs=5e-9
    )  # fmt: skip
    assert outflows == pytest.approx(
        [4.29060333e-04, 4.25944090e-03, 2.70095728e-02, 1.18220793e-01, 3.70713330e-01, 8.70713330e-01,
         1.61822079e00, 2.52700957e00, 3.50425944e00, 4.50042906e00], rel=5e-9
    )  # fmt: skip
    assert made.present(9)[:, 0] == pytest.approx(
        [3.83038057e-03, 4.55002639e-02, 2.73633659e-01, 1.00997015e00, 2.50000000e00, 4.48504477e00,
         6.36152146e00, 7.81799894e00, 8.96552657e00, 9.99570940e00], rel=5e-9
    )  # fmt: skip


def test_weibull_life_of_odym() -> None:
    """The same source: shape 1.2, scale 1."""
    _, stocks, outflows = run(stock(lifetime("weibull", "end", shape=1.2, scale=1)), UP)
    assert stocks == pytest.approx(
        [1, 2.367879441, 3.836279069, 5.328499576, 6.825822547, 8.324154666, 9.822673522, 11.321225,
         12.8197819, 14.31833966], abs=5e-9
    )  # fmt: skip
    assert outflows[1:4] == pytest.approx([0.632120559, 1.531600372, 2.507779493], abs=5e-10)


@pytest.mark.parametrize(
    ("dist", "expected"), [("lognormal", 5.8693165260386), ("folded-normal", 6.50049047900083)]
)
def test_long_tails_of_odym(dist: str, expected: float) -> None:
    """The same source: twenty inflows, mean 20 and sd 20, what is left in the year 60."""
    inflow = [1, 2, 3, 4, 5, 6, 7, 8, 2, 3, 5, 6, 7, 1, 2, 4, 5, 6, 7, 3, *([0] * 50)]
    _, stocks, _ = run(stock(lifetime(dist, "end", mean=20, sd=20)), [float(x) for x in inflow])
    assert stocks[60] == pytest.approx(expected, rel=1e-12)


def test_inflows_behind_a_stock_of_odym() -> None:
    """ODYM's inflows from a stock by age: what was there enters again as large as it must have been."""
    present = [0.01, 0.01, 0.08, 0.2, 0.2, 2, 2, 3, 4, 7.5]
    cohorts = {2001 + i: amount for i, amount in enumerate(present)}
    made = Cohorts([stock(lifetime("normal", "end", mean=5, sd=1.5), cohorts)], Periods(2011, 2012))
    assert made.born[:10, 0] == pytest.approx(
        [2.61070664, 0.43955789, 0.87708508, 0.79210262, 0.4, 2.67555857, 2.20073139, 3.06983925, 4.01538044,
         7.50321933], abs=5e-9
    )  # fmt: skip


def test_table_of_dynamic_stock_model() -> None:
    """PyDSM's tests, computed in Excel: what leaves at age 1, 2 … by the density of a normal (5, 1.5)."""
    density = tuple(
        math.exp(-(((k - 5) / 1.5) ** 2) / 2) / (1.5 * math.sqrt(2 * math.pi)) for k in range(1, 11)
    )
    made, stocks, outflows = run(stock(lifetime("table", table=(0.0, *density))), UP)
    assert stocks == pytest.approx(
        [1, 2.992402676, 5.94121405, 9.737094073, 14.16707741, 18.96520253, 23.91850411, 28.9176421,
         33.92662251, 38.93784802], abs=5e-9
    )  # fmt: skip
    assert outflows[-1] == pytest.approx(4.988774486, abs=5e-10)
    assert made.present(9)[0, 0] == pytest.approx(0.002245103, abs=5e-10)


@pytest.mark.parametrize(("at", "expected"), [("start", 29.5), ("middle", 30.0), ("end", 30.5)])
def test_steady_stock_of_flodym(at: str, expected: float) -> None:
    """Flodym's test of its quadrature: one enters a year, mean 30 and sd 10, after two hundred years."""
    _, stocks, _ = run(stock(lifetime("lognormal", at, mean=30, sd=10)), [1.0] * 201)
    assert stocks[-1] == pytest.approx(expected, abs=0.01)


def test_lifetime_by_year_of_entry() -> None:
    """A life of 2 years for what enters up to 2001, of 4 from 2003 on, 3 between: by hand."""
    of = lifetime("fixed", "end", mean=Figure(2.0, years=((2001, 2.0), (2003, 4.0))))
    _, stocks, outflows = run(stock(of), [1.0, 10, 100, 1000, 0, 0, 0, 0])
    assert outflows == [0, 0, 1, 10, 0, 100, 0, 1000]  # 2000 → 2002, 2001 → 2003, 2002 → 2005, 2003 → 2007
    assert stocks == [1, 11, 110, 1100, 1100, 1000, 1000, 0]


def test_longer_periods() -> None:
    """What enters over five years counts from their middle: all is left after one, none after a life."""
    _, stocks, outflows = run(stock(lifetime("fixed", mean=10)), [50.0, 0, 0, 0], step=5)
    assert stocks == [50, 50, 0, 0]  # ages 2.5, 7.5, 12.5
    assert outflows == [0, 0, 50, 0]
    table = lifetime("table", table=(0.5, 0.5))
    _, stocks, _ = run(stock(table), [50.0, 0], step=5)
    assert stocks == pytest.approx([5.0, 0.0], abs=1e-12)  # of the last of five years half is left at its end


DISTS = st.sampled_from(["fixed", "normal", "folded-normal", "lognormal", "weibull", "gamma"])


@settings(deadline=None, max_examples=60)
@given(
    dists=st.lists(DISTS, min_size=1, max_size=4),
    inflows=st.lists(st.floats(0, 1e6), min_size=1, max_size=30),
    old=st.lists(st.floats(0, 1e6), max_size=5),
    mean=st.floats(0.6, 40),
    share=st.floats(0.05, 1.5),
    at=st.sampled_from(["start", "middle", "end"]),
    step=st.sampled_from([1, 1, 3]),
    varies=st.booleans(),
)
def test_mass_is_kept(
    dists: list[str],
    inflows: list[float],
    old: list[float],
    mean: float,
    share: float,
    at: str,
    step: int,
    varies: bool,
) -> None:
    """Stock = all that entered − all that left, to 1e-12, and the cohorts add up to it."""
    first = 2000
    grows = Figure(mean, years=((first, mean), (first + 40, 2 * mean))) if varies else mean
    cohorts = {
        first - 1 - i: amount for i, amount in enumerate(old) if i + 2 < 0.5 * mean
    }  # none too old to be
    stocks = [
        stock(lifetime(d, at, mean=grows, **({} if d == "fixed" else {"sd": share * mean})), cohorts)
        for d in dists
    ]
    made = Cohorts(stocks, Periods(first, first + step * len(inflows) - 1, step))
    opening = entered = made.opening.copy()
    left = np.zeros(len(stocks))
    for number, amount in enumerate(inflows):
        left += made.leaving + made.at_once * amount
        entered = entered + amount
        assert np.all(made.leaving >= -1e-12 * entered)
        made.enter(np.full(len(stocks), amount))
        whole = np.maximum(entered, 1e-300)
        assert np.all(np.abs(entered - left - made.opening) <= 1e-12 * whole)
        assert np.all(np.abs(made.present(number).sum(axis=0) - made.opening) <= 1e-12 * whole)
    assert np.all(opening >= 0)


def test_many_stocks_are_each_as_alone() -> None:
    """Stocks of every kind served together give what each gives alone."""
    kinds = [
        lifetime("fixed", mean=3), lifetime("normal", "start", mean=8, sd=3),
        lifetime("table", table=(0.1, 0.4)),
        lifetime("gamma", mean=4, sd=Figure(1.0, years=((2000, 1.0), (2010, 3.0)))),
        lifetime("weibull", shape=1.5, scale=6), lifetime("normal", mean=4, sd=1),
    ]  # fmt: skip
    olds: list[dict[int, float]] = [{}, {1990: 3.0, 1999: 5.0}, {1999: 2.0}, {1998: 4.0}, {}, {1995: 1.0}]
    stocks = [stock(k, o) for k, o in zip(kinds, olds, strict=True)]
    together = Cohorts(stocks, Periods(2000, 2014))
    alone = [Cohorts([s], Periods(2000, 2014)) for s in stocks]
    rng = np.random.default_rng(3)
    for _ in range(15):
        inflow = rng.uniform(0, 9, len(stocks))
        assert together.leaving == pytest.approx([float(a.leaving[0]) for a in alone], abs=1e-12)
        assert together.at_once == pytest.approx([float(a.at_once[0]) for a in alone], abs=1e-15)
        together.enter(inflow)
        for a, amount in zip(alone, inflow, strict=True):
            a.enter(np.array([amount]))
    assert together.opening == pytest.approx([float(a.opening[0]) for a in alone], abs=1e-11)

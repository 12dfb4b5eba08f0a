"""Linear systems of the engine against dense ones."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfa.engine import elimination, linear, loops
from mfa.engine.linear import Singular, contraction, plan, solve


def dense(n, rows, columns, values):
    matrix = np.zeros((n, n))
    np.add.at(matrix, (rows, columns), values)
    return matrix


def check(n, rows, columns, values, b):
    once = plan(n, rows, columns)
    x = solve(once, values, b)
    assert x.shape == b.shape
    reference = np.linalg.solve(np.eye(n) - dense(n, rows, columns, values), b)
    np.testing.assert_allclose(x, reference, rtol=1e-10, atol=1e-10 * np.abs(reference).max(initial=0))
    return once


def shares(n, columns, rng, leak=0.1):
    """Values >= 0 whose sum over each column is 1 - leak."""
    values = rng.random(len(columns)) + 0.05
    return values * (1 - leak) / np.bincount(columns, weights=values, minlength=n)[columns]


def flow(n, rng, reach=6, loops=0.02, longest=6):
    """Downstream couplings within a short reach, and some short loops back."""
    columns = np.repeat(np.arange(n), rng.integers(1, 4, n))
    rows = columns + rng.integers(1, reach + 1, len(columns))
    back = np.flatnonzero(rng.random(n) < loops)
    before = back - rng.integers(0, longest, len(back))
    columns, rows = (
        np.concatenate([columns, back]),
        np.concatenate([rows, before]),
    )
    inside = (rows < n) & (rows >= 0)
    return rows[inside], columns[inside]


def chains(count, length, rng):
    """Short chains side by side, couplings to the neighbouring chain, loops within."""
    n = count * length
    rows, columns = flow(n, rng)
    rows = np.where(rng.random(len(rows)) < 0.2, rows + length, rows) % n
    same = np.abs(rows // length - columns // length) % (count - 1) <= 1
    forward = rows % length > columns % length
    loop = rows // length == columns // length
    inside = same & (forward | loop)
    return n, rows[inside], columns[inside]


@st.composite
def graphs(draw):
    n = draw(st.integers(1, 12))
    node = st.integers(0, n - 1)
    places = draw(st.lists(st.tuples(node, node), max_size=40))
    seed = draw(st.integers(0, 2**32 - 1))
    return n, np.array([p[0] for p in places], dtype=int), np.array([p[1] for p in places], dtype=int), seed


@pytest.mark.parametrize("bare", [400, 0])
@settings(deadline=None, max_examples=120)
@given(graph=graphs(), sign=st.booleans())
def test_any_pattern(graph, sign, bare):
    n, rows, columns, seed = graph
    rng = np.random.default_rng(seed)
    values = shares(n, columns, rng)
    if sign:
        values = values * rng.choice([-1.0, 1.0], len(values))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loops, "NUMPY_UP_TO", bare)
        once = check(n, rows, columns, values, rng.normal(size=n))
        check(n, rows, columns, values, rng.normal(size=(n, 3)))
    assert np.all(once.component[columns] <= once.component[rows])
    reach = np.linalg.matrix_power(np.eye(n) + dense(n, rows, columns, np.ones(len(rows))), n) > 0
    np.testing.assert_array_equal(once.component[:, None] == once.component, reach & reach.T)
    for number, cyclic in enumerate(once.cyclic):
        members = np.flatnonzero(once.component == number)
        assert cyclic == (len(members) > 1 or bool(np.any((rows == members[0]) & (columns == members[0]))))


@pytest.mark.parametrize("seed", range(6))
def test_chains_with_loops(seed):
    rng = np.random.default_rng(seed)
    n, rows, columns = chains(60, 20, rng)
    once = check(n, rows, columns, shares(n, columns, rng), rng.random(n))
    assert once.cyclic.any()
    check(n, rows, columns, rng.normal(size=len(rows)) / 4, rng.normal(size=(n, 2)))


def test_same_plan_other_values():
    rng = np.random.default_rng(1)
    n, rows, columns = chains(40, 20, rng)
    once = plan(n, rows, columns)
    first, second = shares(n, columns, rng), shares(n, columns, rng)
    b = rng.random(n)
    x = solve(once, first, b)
    for values in (second, first):
        reference = np.linalg.solve(np.eye(n) - dense(n, rows, columns, values), b)
        np.testing.assert_allclose(solve(once, values, b), reference, rtol=1e-10)
    np.testing.assert_array_equal(solve(once, first, b), x)


@pytest.mark.parametrize("n", [30, 900])
def test_duplicates_add_and_nodes_feed_themselves(n):
    rng = np.random.default_rng(2)
    rows, columns = flow(n, rng)
    own = rng.integers(0, n, n // 3)
    rows, columns = np.concatenate([rows, rows[::2], own]), np.concatenate([columns, columns[::2], own])
    check(n, rows, columns, shares(n, columns, rng), rng.random(n))


def test_no_entries_and_no_nodes():
    none = np.empty(0, dtype=int)
    for n in (0, 1, 5, 1000):
        b = np.arange(float(n))
        np.testing.assert_array_equal(solve(plan(n, none, none), np.empty(0), b), b)
        assert contraction(plan(n, none, none), np.empty(0))


@pytest.mark.parametrize("signed", [False, True])
def test_hubs(signed):
    rng = np.random.default_rng(3)
    n, rows, columns = chains(50, 20, rng)
    hubs = np.arange(3)
    feeds = rng.integers(0, 3, n // 2)
    takers, givers = rng.choice(n, n // 2, replace=False), rng.choice(n, 60, replace=False)
    rows = np.concatenate([rows, takers, rng.integers(0, 3, 60)])
    columns = np.concatenate([columns, hubs[feeds], givers])
    values = shares(n, columns, rng)
    if signed:
        values *= rng.choice([-1.0, 1.0], len(values))
    once = check(n, rows, columns, values, rng.random(n))
    check(n, rows, columns, values, rng.random((n, 2)))
    assert np.bincount(once.component).max() > 300


def test_rest_without_hubs_may_be_singular():
    """The hub makes a loop of gain 1 solvable."""
    n = 600
    ring = np.arange(100, n)
    rows = np.concatenate([ring[1:], np.zeros(len(ring), dtype=int), ring, [1, 2]])
    columns = np.concatenate([ring[:-1], ring, np.zeros(len(ring), dtype=int), [2, 1]])
    rows, columns = np.concatenate([rows, [1, 0]]), np.concatenate([columns, [0, 1]])
    values = np.full(len(rows), 1e-3)
    values[(rows == 1) & (columns == 2)] = 1.0
    values[(rows == 2) & (columns == 1)] = 1.0
    check(n, rows, columns, values, np.ones(n))


@pytest.mark.parametrize("count", [1, 20])
def test_large_loops_without_hubs(count):
    rng = np.random.default_rng(4)
    size = 150
    columns = np.repeat(np.arange(size), 3)
    places = [(rng.integers(0, size, len(columns)) + k * size, columns + k * size) for k in range(count)]
    places += [(np.arange(size * count, 2000), np.arange(size * count, 2000) - 1)] if count == 1 else []
    places += [(np.arange(1, count) * size, np.arange(1, count) * size - 1)]
    rows, columns = (np.concatenate(part) for part in zip(*places, strict=True))
    n = int(max(rows.max(), columns.max())) + 1
    if count == 1:  # a long way behind one large loop, cut short
        inside = (rows < 400) | (rows % 40 != 0)
        rows, columns = rows[inside], columns[inside]
    check(n, rows, columns, shares(n, columns, rng), rng.random(n))
    check(n, rows, columns, rng.normal(size=len(rows)) / 3, rng.random((n, 2)))


@pytest.mark.parametrize("loops", [0.0, 0.1])
def test_deep_chain(loops):
    rng = np.random.default_rng(5)
    n = 1500
    rows, columns = flow(n, rng, reach=3, loops=loops, longest=3)
    rows, columns = np.concatenate([rows, np.arange(1, n)]), np.concatenate([columns, np.arange(n - 1)])
    check(n, rows, columns, shares(n, columns, rng), rng.random(n))
    check(n, rows, columns, shares(n, columns, rng), rng.random((n, 2)))


@pytest.mark.parametrize("n", [50, 900])
@pytest.mark.parametrize("gains", [[1.0], [2.0, 0.5], [0.5, 4.0, 0.5], [1.1 + 0.1, 1 / 1.2]])
def test_loop_of_gain_one_is_named(n, gains):
    at = np.arange(20, 20 + len(gains))
    rows = np.concatenate([np.arange(1, n), np.roll(at, -1)])
    columns = np.concatenate([np.arange(n - 1), at])
    keep = ~np.isin(rows[: n - 1], at[1:])
    rows, columns = (
        np.concatenate([rows[: n - 1][keep], rows[n - 1 :]]),
        np.concatenate([columns[: n - 1][keep], at]),
    )
    values = np.concatenate([np.full(int(keep.sum()), 0.5), gains])
    once = plan(n, rows, columns)
    with pytest.raises(Singular):
        solve(once, values, np.ones(n))
    assert not contraction(once, values)


@pytest.mark.parametrize("n", [150, 600])
def test_large_singular_loop_is_named(n):
    ring = np.arange(n)
    chord = np.arange(0, n, 2)
    rows = np.concatenate([(ring + 1) % n, (chord + 7) % n])
    columns = np.concatenate([ring, chord])
    values = np.ones(len(rows)) / np.bincount(columns, minlength=n)[columns]  # nothing leaves
    once = plan(n, rows, columns)
    with pytest.raises(Singular):
        solve(once, values, np.ones(n))
    assert not contraction(once, values)
    assert contraction(once, 0.99 * values)


@pytest.mark.parametrize("seed", range(30))
def test_contraction_is_the_spectral_radius(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 25))
    places = rng.random((n, n)) < rng.choice([0.1, 0.3])
    rows, columns = np.nonzero(places)
    values = rng.random(len(rows))
    radius = float(np.abs(np.linalg.eigvals(dense(n, rows, columns, values))).max())
    once = plan(n, rows, columns)
    assert contraction(once, values) == (radius < 1)
    if radius > 0.01:
        assert contraction(once, values / radius * (1 - 1e-6))
        assert not contraction(once, values / radius * (1 + 1e-6))
        assert not contraction(once, values / radius * 4)


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("n", [150, 600])
def test_singular_loop_among_large_ones_is_named(n, count):
    """Also where SuperLU takes the whole network at once."""
    ring = np.arange(n)
    chord = np.arange(0, n, 2)
    rows = np.concatenate([(ring + 1) % n, (chord + 7) % n])
    columns = np.concatenate([ring, chord])
    values = np.ones(len(rows)) / np.bincount(columns, minlength=n)[columns]
    shift = np.repeat(np.arange(count) * n, len(rows))
    gain = np.where(shift == (count // 2) * n, 1.0, 0.9)
    once = plan(n * count, np.tile(rows, count) + shift, np.tile(columns, count) + shift)
    with pytest.raises(Singular):
        solve(once, np.tile(values, count) * gain, np.ones(n * count))


@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize("size", [1, 2, 7, 50, 200])
def test_loops_close_to_gain_one_in_unlike_units_are_solved(size, bare, monkeypatch):
    """Neither a gain of 1 - 1e-9 nor units twelve orders apart make a loop singular."""
    monkeypatch.setattr(loops, "NUMPY_UP_TO", 400 if bare else 0)
    rng = np.random.default_rng(size)
    node = np.arange(size)
    scale = 10.0 ** rng.integers(-6, 7, size)
    rows, columns = np.roll(node, -1), node
    values = np.ones(size)
    values[0] -= 1e-9
    x = solve(plan(size, rows, columns), values * scale[rows] / scale[columns], np.eye(size)[0] * scale)
    after = np.ones(size) * values[0] if size > 1 else np.ones(1)
    after[0] = 1.0
    np.testing.assert_allclose(x, scale * after / 1e-9, rtol=1e-5)


@pytest.mark.parametrize("n", [5, 1000])
def test_numbers_that_are_not_finite_are_refused(n):
    rows, columns = np.arange(1, n), np.arange(n - 1)
    values = np.full(n - 1, 0.5)
    values[2] = np.nan
    with pytest.raises(ValueError, match="finite"):
        solve(plan(n, rows, columns), values, np.ones(n))


def test_plan_is_not_changed_by_solving():
    """Threads may share it."""
    from concurrent.futures import ThreadPoolExecutor

    rng = np.random.default_rng(7)
    n, rows, columns = chains(100, 20, rng)
    once = plan(n, rows, columns)
    draws = [shares(n, columns, rng) for _ in range(16)]
    alone = [solve(once, values, np.ones(n)) for values in draws]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda values: solve(once, values, np.ones(n)), draws))
    np.testing.assert_array_equal(together, alone)


def test_contraction_takes_no_negative_value():
    with pytest.raises(ValueError, match="negative"):
        contraction(plan(2, np.array([1]), np.array([0])), np.array([-0.5]))


def test_units_of_very_different_size():
    """A step of refinement must not spoil small unknowns beside large ones."""
    rng = np.random.default_rng(6)
    n, rows, columns = chains(40, 20, rng)
    scale = 10.0 ** rng.integers(-6, 7, n)
    values = shares(n, columns, rng)
    b = rng.random(n)
    plain = solve(plan(n, rows, columns), values, b)
    scaled = solve(plan(n, rows, columns), values * scale[rows] / scale[columns], b * scale)
    np.testing.assert_allclose(scaled, plain * scale, rtol=1e-10)


def test_wrong_shapes_are_refused():
    once = plan(3, np.array([1]), np.array([0]))
    with pytest.raises(ValueError, match="entries"):
        solve(once, np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match="nodes"):
        solve(once, np.ones(1), np.ones(4))
    with pytest.raises(ValueError, match="outside"):
        plan(3, np.array([3]), np.array([0]))
    with pytest.raises(ValueError, match="rows"):
        plan(3, np.array([1, 2]), np.array([0]))


def test_small_networks_do_not_import_scipy():
    code = (
        "import sys, numpy as np; from mfa.engine.linear import plan, solve, contraction;"
        "i = np.arange(299); p = plan(300, np.r_[i + 1, 5], np.r_[i, 9]); v = np.full(300, 0.5);"
        "solve(p, v, np.ones(300)); contraction(p, v); sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def layered(layers, width, rng, on=3, back=0.5):
    """Each node feeds some of the next layer, a part of them one of the layer before."""
    n = layers * width
    feeds = np.repeat(np.arange(n - width), on)
    rows = (feeds // width + 1) * width + rng.integers(0, width, len(feeds))
    some = np.flatnonzero(rng.random(n) < back)
    some = some[some >= width]
    before = (some // width - 1) * width + rng.integers(0, width, len(some))
    name = rng.permutation(n)
    return n, name[np.concatenate([rows, before])], name[np.concatenate([feeds, some])]


def iterated(once):
    return once.way.near is not None


@pytest.mark.parametrize("leak", [0.5, 0.01])
def test_recycles_that_reach_far_are_iterated(leak):
    rng = np.random.default_rng(11)
    n, rows, columns = layered(8, 200, rng)
    values = shares(n, columns, rng, leak)
    assert iterated(check(n, rows, columns, values, rng.random(n)))
    check(n, rows, columns, values, rng.random((n, 3)))
    check(n, rows, columns, values * rng.choice([-1.0, 1.0], len(values)), rng.normal(size=n))


def test_small_amounts_beside_large_ones_of_a_far_recycle():
    """Each equation holds to the rounding of its own terms, twelve orders below the largest as well."""
    rng = np.random.default_rng(12)
    n, rows, columns = layered(8, 200, rng)
    values = shares(n, columns, rng, 0.2)
    scale = 10.0 ** rng.integers(-6, 7, n)
    once = plan(n, rows, columns)
    assert iterated(once)
    plain = solve(once, values, np.ones(n))
    scaled = solve(once, values * scale[rows] / scale[columns], scale)
    np.testing.assert_allclose(scaled, plain * scale, rtol=1e-10)


def test_far_recycles_that_do_not_settle_are_factorised(monkeypatch):
    """One step in each of two rounds cannot bring a residual to 1e-12; gains of 3 need not settle at all."""
    rng = np.random.default_rng(13)
    n, rows, columns = layered(8, 200, rng)
    values = shares(n, columns, rng, 0.2) * rng.choice([-1.0, 1.0], len(rows))
    assert iterated(check(n, rows, columns, 3 * values, rng.normal(size=n)))
    monkeypatch.setattr(elimination, "STEPS", 1)
    monkeypatch.setattr(linear, "ROUNDS", 2)
    check(n, rows, columns, values, rng.normal(size=n))


def test_far_recycles_die_out_below_gain_one_alone():
    """All columns of a matrix >= 0 add up to its spectral radius where they add up to the same."""
    rng = np.random.default_rng(14)
    n, rows, columns = layered(8, 200, rng)
    last = np.setdiff1d(np.arange(n), columns)
    rows, columns = np.concatenate([rows, rng.integers(0, n, len(last))]), np.concatenate([columns, last])
    values = shares(n, columns, rng, 0.0)
    once = plan(n, rows, columns)
    assert iterated(once)
    assert contraction(once, 0.5 * values)
    assert contraction(once, 0.9999 * values)
    assert not contraction(once, values)
    assert not contraction(once, 1.0001 * values)
    with pytest.raises(Singular):
        solve(once, values, np.ones(n))


def test_a_long_ring_is_factorised():
    """However long a loop is, its factors have no more numbers than it has entries: shares of 1/2 halve."""
    n = 3000
    ring = np.arange(n)
    once = plan(n, (ring + 1) % n, ring)
    assert not iterated(once)
    x = solve(once, np.full(n, 0.5), np.eye(1, n)[0])
    np.testing.assert_allclose(x[:50], 0.5 ** np.arange(50), rtol=1e-14)


@pytest.mark.parametrize("n", [50, 900])
def test_pivots_are_found_where_a_node_keeps_all_it_gets(n):
    """A node that feeds itself 1 has a zero on the diagonal: x0 = 1 + x0 - x1 and x1 = x0 / 2 give x1 = 1."""
    rows, columns = np.array([0, 0, 1]), np.array([0, 1, 0])
    x = solve(plan(n, rows, columns), np.array([1.0, -1.0, 0.5]), np.eye(1, n)[0])
    np.testing.assert_allclose(x[:2], [2.0, 1.0], rtol=1e-14)


@pytest.mark.parametrize("n", [100, 900, 1600])
def test_transposed(n):
    rng = np.random.default_rng(15)
    n, rows, columns = layered(8, n // 8, rng)
    values = shares(n, columns, rng)
    side = rng.random((n, 2))
    reference = np.linalg.solve((np.eye(n) - dense(n, rows, columns, values)).T, side)
    np.testing.assert_allclose(solve(plan(n, columns, rows), values, side), reference, rtol=1e-10)

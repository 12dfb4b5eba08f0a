"""The lists of the pools: defaults by kind, the chains' lists, the scenario's, insertions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from mfa import units
from mfa.errors import Fault, FaultWithoutPlace, Place, nearest
from mfa.input.merge.assembly import Assembly
from mfa.input.records.figures import Reader
from mfa.input.schema.forms import EntryForm, SideForm
from mfa.input.schema.validate import FormCache, validate
from mfa.input.yaml.tree import BARE, LISTED, Items, Node, Text, Tree, place_of
from mfa.properties import basis
from mfa.storage import Stock
from mfa.system import BOUNDARY_SYNONYMS, ONE, Entry, Figure, Kind, Material, NodeKind, Pool, Process, Side

DEFAULT_TAKER: Mapping[Kind, NodeKind] = {"product": "export", "emission": "emission"}
BOUGHT: tuple[Kind, ...] = ("resource", "fuel", "energy", "water")
ALLOWED = {"takers": ("export", "emission", "deposit"), "givers": ("import",)}


@dataclass(frozen=True)
class Members:
    """Who takes part in this run.

    Attributes
    ----------
    driven : process or stock → where its drive is written
    made : materials that some process of the run makes
    known : whether some chain file knows an id, looked up only when asked for
    faulty : ids that exist but could not be read, so that their absence is no fault
    """

    processes: Mapping[str, Process]
    stocks: Mapping[str, Stock]
    driven: Mapping[str, Place]
    made: frozenset[str]
    known: Callable[[str], bool]
    faulty: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Line:
    """An entry with its form, its node in the file and whether the scenario wrote it."""

    form: EntryForm
    node: Node
    own: bool


def pool(
    material: Material, assembly: Assembly, members: Members, reader: Reader, notes: list[Fault]
) -> Pool:
    """Both lists of one pool."""
    takers, takers_written = _side(material, "takers", assembly, members, reader, notes)
    givers, givers_written = _side(material, "givers", assembly, members, reader, notes)
    sides: tuple[tuple[Side, bool], ...] = (("takers", takers_written), ("givers", givers_written))
    return Pool(material.id, takers, givers, frozenset(side for side, written in sides if written))


def _side(
    material: Material,
    side: Side,
    assembly: Assembly,
    members: Members,
    reader: Reader,
    notes: list[Fault],
) -> tuple[tuple[Entry, ...], bool]:
    own = assembly.own_sides.get((material.id, side))
    chain = assembly.sides.get((material.id, side))
    if own is not None and (isinstance(own, Items) or LISTED in own):
        base = own if isinstance(own, Items) else own[LISTED]
        lines = _tiers(_lines(base, True, assembly.forms, reader), material, reader)
    elif chain is not None:
        lines = _tiers(_lines(chain, False, assembly.forms, reader), material, reader)
    else:
        lines = _default(material, side, members)
    if isinstance(own, Tree):
        lines = _insert(lines, own, material, assembly.forms, reader)
    lines = _fixed(lines, material, side, own is None and chain is None, assembly, reader)
    entries = _entries(lines, material, side, members, reader, notes)
    return entries, own is not None or chain is not None


def _default(material: Material, side: Side, members: Members) -> list[tuple[int, _Line]]:
    """The side of a pool that nobody writes."""
    word = None
    if side == "takers":
        word = DEFAULT_TAKER.get(material.kind)
    elif material.kind in BOUGHT and material.id not in members.made:
        word = "import"
    if word is None:
        return []
    node = Tree(material.place)
    node.put("boundary", Text(word, material.place))
    return [(1, _Line(EntryForm.model_validate({"boundary": word}), node, True))]


def _fixed(
    lines: list[tuple[int, _Line]],
    material: Material,
    side: Side,
    unwritten: bool,
    assembly: Assembly,
    reader: Reader,
) -> list[tuple[int, _Line]]:
    """Lay what `set` says of boundary entries over a side that nobody writes."""
    settings = {w: t for (m, s, w), t in assembly.fixed.items() if (m, s) == (material.id, side)}
    for word, fixed in settings.items() if unwritten else ():
        at = next((i for i, (_, line) in enumerate(lines) if line.form.boundary == word), None)
        if at is None:
            values = {"id": word, "side": side, "material": material.id, "near": ""}
            reader.faults.append(Fault("set-entry", place_of(fixed, tuple(fixed)[:1], key=True), values))
            continue
        tier, line = lines[at]
        node = line.node.copy() if isinstance(line.node, Tree) else Tree(material.place)
        for key, value in fixed.items():
            node.put(key, value, fixed.keys_at[key])
        form, faults = validate(EntryForm, node)
        reader.faults += faults
        if form is not None:
            lines[at] = (tier, _Line(form, node, True))
    return lines


def _lines(node: Node, own: bool, forms: FormCache, reader: Reader) -> list[_Line]:
    form, faults = forms.validate(SideForm, node)
    reader.faults += faults
    if form is None or not isinstance(node, Items):
        return []
    return [_Line(f, n, own) for f, n in zip(form.entries or [], node, strict=True)]


def _tiers(lines: list[_Line], material: Material, reader: Reader) -> list[tuple[int, _Line]]:
    """The tier of each entry: written, or one after the entry before; never going down."""
    placed: list[tuple[int, _Line]] = []
    for line in lines:
        before = placed[-1][0] if placed else 0
        tier = line.form.tier if line.form.tier is not None else before + 1
        if tier < before:
            values = {"material": material.id, "tier": tier, "before": before}
            reader.faults.append(Fault("tier-down", place_of(line.node, ("tier",)), values))
        placed.append((max(tier, before), line))
    counts = Counter(tier for tier, _ in placed)
    for tier, line in placed:
        if line.form.share is not None and line.form.tier is None and counts[tier] == 1:
            _share_alone(line, reader)
    return placed


def _share_alone(line: _Line, reader: Reader) -> None:
    reader.faults.append(Fault("share-alone", place_of(line.node, ("share",), key=True), {}))


def _insert(
    lines: list[tuple[int, _Line]], own: Tree, material: Material, forms: FormCache, reader: Reader
) -> list[tuple[int, _Line]]:
    form, faults = forms.validate(SideForm, own)
    reader.faults += faults
    nodes = own.get("insert")
    if form is None or not isinstance(nodes, Items):
        return lines
    for entry, node in zip(form.insert, nodes, strict=True):
        anchor = entry.before or entry.after or ""
        at = next((t for t, line in lines if line.form.name == anchor), None)
        if at is None:
            names = [line.form.name for _, line in lines]
            values = {
                "id": anchor[:60],
                "material": material.id,
                "near": nearest(BOUNDARY_SYNONYMS.get(anchor, anchor), names),
                "known": ", ".join(names) or "none",
                "known_zh": "、".join(names) or "无",
            }
            place = place_of(node, ("before" if entry.before else "after",))
            reader.faults.append(Fault("insert-nowhere", place, values))
            continue
        line = _Line(entry, node, True)
        if entry.tier is not None:
            lines = [*lines, (entry.tier, line)]
        else:
            if entry.share is not None:
                _share_alone(line, reader)
            at = at if entry.before else at + 1
            lines = [*((t + (t >= at), x) for t, x in lines), (at, line)]
        lines.sort(key=lambda pair: pair[0])
    return lines


def _entries(
    lines: list[tuple[int, _Line]],
    material: Material,
    side: Side,
    members: Members,
    reader: Reader,
    notes: list[Fault],
) -> tuple[Entry, ...]:
    made: list[Entry] = []
    seen: dict[str, Node] = {}
    for tier, line in lines:
        name = line.form.name
        if name in seen:
            values = {"id": name, "material": material.id, "side": side, "other": seen[name].place}
            reader.faults.append(Fault("entry-twice", line.node.place, values))
            continue
        seen[name] = line.node
        entry = _entry(line, tier, material, side, members, reader, notes)
        if entry:
            made.append(entry)
    return tuple(made)


def _entry(
    line: _Line,
    tier: int,
    material: Material,
    side: Side,
    members: Members,
    reader: Reader,
    notes: list[Fault],
) -> Entry | None:
    """One entry of the run; None where it is faulty or not part of it."""
    form, name = line.form, line.form.name
    kind = _kind(line, material, side, members, reader, notes)
    if kind is None:
        return None
    with reader.about(material.id):
        limit, percent, unlimited = _limit(line, material, reader)
    reader.source(form.source, line.node)
    return Entry(
        node=name,
        kind=kind,
        tier=tier,
        place=line.node.place,
        share=_share(line, reader),
        limit=limit,
        percent=percent,
        fate=form.fate,
        unlimited=unlimited,
        basis=form.basis or "",
        distance=_way(line, kind, reader),
    )


def _share(line: _Line, reader: Reader) -> Figure:
    """The weight of an entry on its tier."""
    written, node = line.form.share, line.node
    if written is None or not isinstance(node, Tree):
        return ONE
    found = reader.figure(written, node["share"], units.ratio_factor)
    none = reader.point(written, node["share"], found, lambda value: value <= 0) if found else None
    if none:
        reader.faults.append(Fault("share-positive", none[0], {"text": none[1][:60]}))
    return ONE if found is None or none else found


def _way(line: _Line, kind: NodeKind, reader: Reader) -> Figure | None:
    """How far the node of an entry is, km; the sites of processes have their distances elsewhere."""
    if line.form.distance is None or not isinstance(line.node, Tree):
        return None
    if kind == "process":
        place = place_of(line.node, ("distance",), key=True)
        reader.faults.append(Fault("distance-of-process", place, {"id": line.form.name}))
        return None
    return reader.figure(line.form.distance, line.node["distance"], partial(units.factor, to="km"))


def _kind(
    line: _Line, material: Material, side: Side, members: Members, reader: Reader, notes: list[Fault]
) -> NodeKind | None:
    form, name = line.form, line.form.name
    place = _name_place(line.node)
    if form.boundary:
        if form.boundary not in ALLOWED[side]:
            values = {"word": form.boundary, "side": side, "known": ", ".join(ALLOWED[side])}
            reader.faults.append(Fault("boundary-side", place, values))
            return None
        return form.boundary
    known = name in members.processes if form.process else name in members.stocks if form.stock else None
    if known is None:
        known = name in members.processes or name in members.stocks
    if not known:
        if form.process and name in members.stocks:
            words = {"noun": "stock", "noun_zh": "存量", "wanted": "process", "wanted_zh": "过程"}
            reader.faults.append(Fault("entry-other-kind", place, {"id": name, "key": "stock", **words}))
        elif form.stock and name in members.processes:
            words = {"noun": "process", "noun_zh": "过程", "wanted": "stock", "wanted_zh": "存量"}
            reader.faults.append(Fault("entry-other-kind", place, {"id": name, "key": "process", **words}))
        elif name not in members.faulty:
            _not_in_run(line, place, side, members, reader)
        return None
    if name in members.faulty:
        return None
    is_process = name in members.processes
    if is_process and _process(members.processes[name], material, side, place, reader) is None:
        return None
    in_use = not is_process and bool(members.stocks[name].lifetime)
    if in_use and side == "givers":
        values = {"stock": name, "becomes": members.stocks[name].becomes}
        reader.faults.append(Fault("in-use-giver", place, values))
        return None
    if name in members.driven and (is_process or in_use or side == "givers"):
        _driven(line, place, material, side, members, reader, notes)
        return None
    if is_process:
        return "process"
    stock = members.stocks[name]
    if stock.material != material.id:
        values = {"stock": name, "has": stock.material, "material": material.id}
        reader.faults.append(Fault("stock-material", place, values))
        return None
    return "stock"


def _name_place(node: Node) -> Place:
    if isinstance(node, Tree):
        for key in ("process", "stock", "boundary", BARE):
            if key in node:
                return node[key].place
    return node.place


def _not_in_run(line: _Line, place: Place, side: Side, members: Members, reader: Reader) -> None:
    """A chain may name what this run does not have; a scenario may not."""
    name = line.form.name
    known = members.known(name)
    if not known and (meant := BOUNDARY_SYNONYMS.get(name)) in ALLOWED[side]:
        reader.faults.append(Fault("entry-boundary", place, {"id": name, "word": meant}))
    elif line.own or not known:
        key = "entry-not-in-run" if known else "entry-unknown"
        values = {"id": name, "near": nearest(name, [*members.processes, *members.stocks])}
        reader.faults.append(Fault(key, place, values))


def _driven(
    line: _Line,
    place: Place,
    material: Material,
    side: Side,
    members: Members,
    reader: Reader,
    notes: list[Fault],
) -> None:
    """A driven process stands in no list: an error in the scenario's own, a note in a chain's."""
    drive = members.driven[line.form.name]
    values = {"id": line.form.name, "material": material.id, "side": side, "other": drive}
    if line.own:
        reader.faults.append(Fault("driven-and-listed", place, values))
    else:
        notes.append(Fault("driven-leaves-list", place, values))


def _process(
    process: Process, material: Material, side: Side, place: Place, reader: Reader
) -> NodeKind | None:
    recipe = process.inputs if side == "takers" else process.outputs
    found = recipe.get(material.id)
    if found is None or found.figure.value <= 0:
        key = "taker-without-input" if side == "takers" else "giver-without-output"
        values = {
            "process": process.id,
            "material": material.id,
            "near": "" if found else nearest(material.id, recipe),
        }
        reader.faults.append(Fault(key, place, values))
        return None
    return "process"


def _limit(line: _Line, material: Material, reader: Reader) -> tuple[Figure | None, Figure | None, bool]:
    """An absolute limit, a percentage of |net|, or `none` written out."""
    quantity, node = line.form.limit, line.node
    if quantity is None or not isinstance(node, Tree):
        return None, None, False
    if quantity.value == "none":
        return None, None, True
    texts = [quantity.value, *quantity.years.values()]
    try:
        is_share = all(units.split(t)[1] == "%" for t in texts if t)
    except FaultWithoutPlace:
        is_share = False
    if is_share:
        return None, reader.ratio(quantity, node["limit"]), False
    of = basis(material)
    return reader.figure(quantity, node["limit"], lambda u: units.rate_factor(u, of)), None, False

"""The sheets of a workbook: which column holds what of a scenario.

Whoever writes a workbook and whoever reads it go by this one layout. A path such as
`("processes", "{process}", "{side}", "{material}")` says where a row belongs in the tree of
a scenario: a step in braces is what the row has in the column of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from mfa.input.schema.fields import Label, Quantity
from mfa.input.schema.forms import EntryForm, MaterialPatch, ProcessPatch, Source, StockPatch, SubstanceForm

Path = tuple[str, ...]

REMARK = "#"  # a column whose header begins so is for the reader's eyes only
BALANCE = "balance"  # in place of a value
NOBODY = "nobody"  # the only row of a list that is written and empty
INTERPOLATE = "interpolate"
CHAIN: Path = ("processes", "{process}", "chain")
ANSWER = "Answer"  # the sheet of the answer, which is not read
LISTED = "sheets"  # the field of the first sheet that lists the input sheets of a workbook
FIELD = "field"
VALUE = "value"
HEAD_FIELDS = ("scenario", "label", "note", "year", "periods", "layers")

_DIST, _CONFIDENCE, _BASIS = (
    get_args(get_args(Quantity.model_fields[name].annotation)[0]) for name in ("dist", "confidence", "basis")
)


@dataclass(frozen=True)
class Column:
    """A column by its header; `choices` are the only texts allowed in it, where it has some."""

    key: str
    choices: tuple[str, ...] = ()
    names: str = ""  # the sheet whose first column lists what this one may name


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    keys : the columns that say what a row is about; every row fills them
    base : where in the tree the row belongs
    texts : further columns, each with the path of its text, or () where it only tells of the row
    quantity : the columns of the quantity that stands at `base`, if one does
    """

    name: str
    keys: tuple[Column, ...]
    base: Path = ()
    texts: tuple[tuple[Column, Path], ...] = ()
    quantity: tuple[Column, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns."""
        return (*self.keys, *self.quantity, *(c for c, _ in self.texts))

    @property
    def beside(self) -> tuple[Column, ...]:
        """The columns that say more of what a row is about; they stand for no text of the tree."""
        return tuple(c for c, path in self.texts if not path)

    @property
    def closed(self) -> tuple[Column, ...]:
        """The columns that decide where a row belongs and allow only some texts."""
        return tuple(c for c in (*self.keys, *self.beside) if c.choices)


QUANTITY = (
    Column("value"),
    Column("unit"),
    Column("low"),
    Column("high"),
    Column("dist", _DIST),
    Column("sd"),
    Column("cv"),
    Column("gsd"),
    Column("source", names="Sources"),
    Column("confidence", _CONFIDENCE),
    Column("basis", _BASIS),
    Column("note"),
    Column("choice"),
    Column("exact", ("true", "false")),
)
BARE_QUANTITY = tuple(c for c in QUANTITY if c.key not in ("source", "basis", "note"))


def _forms(form: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """The fields of a form, each with its annotation without `| None`."""
    for name, info in form.model_fields.items():
        inner = [a for a in get_args(info.annotation) if a is not NoneType]
        is_union = get_origin(info.annotation) in (Union, UnionType)
        yield info.alias or name, inner[0] if is_union else info.annotation


def _choices(annotation: Any) -> tuple[str, ...] | None:
    """The texts that a field may hold, () for any; None where it holds no single text."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if annotation is bool:
        return ("true", "false")
    return () if annotation in (str, int) else None


def _texts(form: type[BaseModel], base: Path) -> tuple[tuple[Column, Path], ...]:
    """Columns for the fields of a form that hold a text, a label in two languages."""
    made: list[tuple[Column, Path]] = []
    for key, annotation in _forms(form):
        choices = _choices(annotation)
        if annotation is Label:
            made += [(Column(f"label {lang}"), (*base, key, lang)) for lang in ("en", "zh")]
        elif choices is not None:
            made.append((Column(key, choices, NAMES.get(key, "")), (*base, key)))
    return tuple(made)


def _figures(form: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a form that hold a quantity."""
    return tuple(key for key, annotation in _forms(form) if annotation is Quantity)


NAMES = {
    "material": "MaterialNames",
    "per": "MaterialNames",
    "residue-of": "MaterialNames",
    "becomes": "MaterialNames",
    "like": "ProcessNames",
    "source": "Sources",
}
_MATERIAL = Column("material", names="MaterialNames")
_PROCESS = Column("process", names="ProcessNames")
_FATES = next(get_args(a) for k, a in _forms(EntryForm) if k == "fate")

LISTS = Sheet(
    "Lists",
    (_MATERIAL, Column("side", ("takers", "givers")), Column("node")),
    ("pools", "{material}", "{side}"),
    tuple(
        (c, ())
        for c in (Column("tier"), Column("fate", _FATES), Column("figure", ("limit", "share", "distance")))
    ),
    QUANTITY,
)
PAIRS = tuple(Sheet(name, (Column(FIELD),), (), ((Column(VALUE), ()),)) for name in ("Scenario", "Other"))


@cache
def sheets() -> tuple[Sheet, ...]:
    """The sheets whose rows stand each for one place of the tree, in their order in a workbook."""
    rate = Column("what", ("drive", "demand", "supply"))
    source, substance = ("sources", "{source}"), ("substances", "{substance}")
    return (
        *_process_sheets(),
        Sheet("Drive", (rate, Column("id")), ("{what}", "{id}"), (), QUANTITY),
        *_named("Stock", StockPatch, ("stocks", "{stock}")),
        *_material_sheets(),
        Sheet("Substances", (Column("substance"),), substance, _texts(SubstanceForm, substance)),
        Sheet("Factors", (Column("factor"),), ("factors", "{factor}"), (), QUANTITY),
        _target_sheet(),
        Sheet("Sources", (Column("source"),), source, _texts(Source, source)),
    )


def _named(kind: str, form: type[BaseModel], base: Path) -> tuple[Sheet, Sheet]:
    """The sheet of what the members of a kind are called, and that of their figures."""
    key = kind.lower()
    figure = Column("figure", _figures(form))
    return (
        Sheet(f"{kind}Names", (Column(key),), base, _texts(form, base)),
        Sheet(
            f"{kind}Figures",
            (Column(key, names=f"{kind}Names"), figure),
            (*base, "{figure}"),
            (),
            QUANTITY,
        ),
    )


def _process_sheets() -> tuple[Sheet, ...]:
    base = ("processes", "{process}")
    names, figures = _named("Process", ProcessPatch, base)
    side = Column("side", ("inputs", "outputs"))
    coefficient = (*QUANTITY, Column("residue-of", names=NAMES["residue-of"]))
    transfer = (*base, "transfer", "{substance}", "{material}")
    return (
        replace(names, texts=(*names.texts, (Column("chain"), CHAIN))),
        Sheet("Coefficients", (_PROCESS, side, _MATERIAL), (*base, "{side}", "{material}"), (), coefficient),
        figures,
        Sheet("Transfer", (_PROCESS, Column("substance"), _MATERIAL), transfer, (), QUANTITY),
    )


def _material_sheets() -> tuple[Sheet, ...]:
    base = ("materials", "{material}")
    content = (*base, "composition", "{constituent}")
    return (
        *_named("Material", MaterialPatch, base),
        Sheet("Composition", (_MATERIAL, Column("constituent")), content, (), QUANTITY),
        Sheet("Prices", (_MATERIAL,), ("prices", "{material}"), (), QUANTITY),
    )


def _target_sheet() -> Sheet:
    base = ("targets", "{indicator}")
    texts = tuple((Column(key, names=NAMES.get(key, "")), (*base, key)) for key in ("source", "note"))
    keys = (Column("indicator"), Column("bound", ("min", "max")))
    return Sheet("Targets", keys, (*base, "{bound}"), texts, BARE_QUANTITY)


@cache
def all_sheets() -> tuple[Sheet, ...]:
    """Every sheet that is read, in its order in a workbook."""
    inner = list(sheets())
    at = next(i for i, s in enumerate(inner) if s.name == "Drive")
    return (PAIRS[0], *inner[:at], LISTS, *inner[at:], PAIRS[1])


def is_private(name: str) -> bool:
    """Whether a sheet is the reader's own, or one of results: neither is read."""
    return name == ANSWER or name[:1].islower() or name.startswith("_")


def filled(path: Path, row: dict[str, str]) -> Path:
    """A path with the steps in braces replaced by what a row has in these columns."""
    return tuple(row[s[1:-1]] if s.startswith("{") else s for s in path)


def joined(path: tuple[str | int, ...]) -> str:
    """A path as the column `field` shows it: `claims/[1]/value`.

    >>> joined(("indicators", "a/b", 0))
    'indicators/a~1b/[1]'
    """
    return "/".join(
        f"[{s + 1}]" if isinstance(s, int) else s.replace("~", "~0").replace("/", "~1") for s in path
    )


def steps(text: str) -> Path:
    """The steps of such a path; places in lists stay written `[1]`.

    >>> steps("indicators/a~1b/[1]")
    ('indicators', 'a/b', '[1]')
    """
    return tuple(s.replace("~1", "/").replace("~0", "~") for s in text.split("/"))

"""Workbooks: written, edited as people edit them, and read back to the same numbers."""

from __future__ import annotations

import dataclasses
import datetime
import io
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.chart import BarChart
from openpyxl.worksheet.worksheet import Worksheet

import mfa
from mfa import units
from mfa.cli import main
from mfa.errors import Place, catalogue
from mfa.input.merge.library import shipped
from mfa.input.workbook.cells import Cell, CellPlace
from mfa.input.workbook.read import read_book
from mfa.input.workbook.rows import Rows, quantity
from mfa.input.workbook.sheets import INTERPOLATE, QUANTITY, Column, all_sheets, joined, steps
from mfa.input.yaml.tree import Text, Tree
from mfa.show.workbook import formats
from mfa.show.workbook.input_sheets import HEAD_ROW, LABEL, ORIGIN, column_meaning
from mfa.show.workbook.quantity_cells import cells
from mfa.system import Figure

SMALL = sorted(f.stem for f in shipped("scenarios").glob("chain-*.yaml"))
EVERYTHING = Path(__file__).parent / "books" / "scenarios" / "everything.yaml"
HEAD = HEAD_ROW + 1  # openpyxl counts from 1


@pytest.fixture
def everything() -> Path:
    """A scenario that uses about every form of a field."""
    return EVERYTHING


def bare(thing: Any) -> Any:
    """A record without places, and without how a number was spelled."""
    if dataclasses.is_dataclass(thing):
        left = ("place", "notes", "number", "written", *(("text",) if isinstance(thing, Figure) else ()))
        return {f.name: bare(getattr(thing, f.name)) for f in dataclasses.fields(thing) if f.name not in left}
    if isinstance(thing, Mapping):
        return [(k, bare(v)) for k, v in thing.items()]
    if isinstance(thing, tuple | list) and not isinstance(thing, Place):
        return [bare(x) for x in thing]
    return thing


def same_tables(one: mfa.Result, other: mfa.Result) -> None:
    """Bitwise the same rows; notes of what a chain's lists lost are gone with the chains."""
    assert one.written == other.written
    for name in one.written:
        rows, others = (list(r.table(name).rows) for r in (one, other))
        if name == "warnings":
            rows, others = ([w for w in x if w[1] != "note"] for x in (rows, others))
        assert rows == others, name


def edited(source: Path, change: Callable[[Any], None]) -> Path:
    """The workbook changed and saved by another program."""
    book = openpyxl.load_workbook(source)
    change(book)
    made = source.with_name("edited.xlsx")
    book.save(made)
    return made


def column(page: Worksheet, name: str) -> int:
    """The number of the column with a header."""
    return next(c.column for c in page[HEAD] if c.value == name)


def cell(page: Worksheet, name: str, **at: str) -> Any:
    """The cell in a column, in the row where the other columns hold these texts."""
    for row in page.iter_rows(min_row=HEAD + 1):
        if all(row[column(page, k) - 1].value == v for k, v in at.items()):
            return row[column(page, name) - 1]
    raise AssertionError(at)


Change = Callable[[Any], None]


def add(sheet: str, **cells: object) -> Change:
    """Add a row below the last."""

    def change(b: Any) -> None:
        page = b[sheet]
        row = page.max_row + 1
        for key, value in cells.items():
            page.cell(row, column(page, key)).value = value

    return change


# ---------------------------------------------------------------- the same numbers again
@pytest.mark.parametrize("name", ["alumina-red-mud", "jiaokou-2025", *SMALL])
def test_reads_back_to_the_same_numbers(name: str, tmp_path: Path) -> None:
    """A workbook of a shipped scenario gives bitwise the same tables and the same records."""
    scenario = mfa.load(name)
    result = scenario.export(tmp_path / "book.xlsx")
    again = mfa.load(tmp_path / "book.xlsx")
    same_tables(result, again.solve())
    assert bare(again.system) == bare(scenario.system)


def test_every_form_of_a_field_is_kept(everything: Path, tmp_path: Path) -> None:
    """Schedules, ranges in another unit, shares with uncertainty, `set`, `like`, empty lists and the rest."""
    scenario = mfa.load(everything)
    result = scenario.export(tmp_path / "book.xlsx")
    again = mfa.load(tmp_path / "book.xlsx")
    assert bare(again.system) == bare(scenario.system)
    same_tables(result, again.solve())
    # 2025 lies between 1 Mt/a in 2020 and 2 Mt/a in 2030
    assert again.system.drive["mine"].value == 1.5e6
    assert again.system.processes["mine"].outputs["mud"].figure.value == 0.25
    mud = again.system.processes["kiln"].inputs["clay"].figure
    assert (mud.sd, mud.dist) == (0.02, "normal")


def test_a_workbook_of_a_workbook_is_the_same(everything: Path, tmp_path: Path) -> None:
    """What is read can be written again: the input sheets have the same cells."""
    mfa.load(everything).export(tmp_path / "one.xlsx")
    mfa.load(tmp_path / "one.xlsx").export(tmp_path / "two.xlsx")
    one, two = (openpyxl.load_workbook(tmp_path / f"{n}.xlsx") for n in ("one", "two"))
    assert one.sheetnames == two.sheetnames
    for sheet in all_sheets():
        rows = [
            [[c.value for c in row if page.cell(HEAD, c.column).value != ORIGIN] for row in page.iter_rows()]
            for page in (one[sheet.name], two[sheet.name])
        ]
        assert rows[0] == rows[1], sheet.name


def test_variants_and_settings_are_laid_into_the_book(tmp_path: Path) -> None:
    """What lies over the scenario is part of the book, and `--set` goes over the book again."""
    settings = {"alumina-calcination.level": "1.2 Mt/a"}
    mfa.load("alumina-red-mud", settings=settings).export(tmp_path / "half.xlsx")
    half = mfa.load(tmp_path / "half.xlsx")
    assert half.system.drive["alumina-calcination"].value == 1.2e6
    assert half.variant_names == ()
    full = mfa.load(tmp_path / "half.xlsx", settings={"alumina-calcination.level": "2.4 Mt/a"})
    same_tables(full.solve(), mfa.load("alumina-red-mud").solve())


def test_a_reference_left_out_is_kept(tmp_path: Path) -> None:
    """A waste that only a list shows to be made: driven, the process leaves that list, not its recipe."""
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "dust.yaml").write_text(
        "chain: dust\nmaterials:\n  ore: {kind: resource}\n  dust: {kind: waste}\nprocesses:\n"
        "  filter: {per: dust, inputs: {ore: 1 t/t}}\npools:\n  dust: {givers: [filter]}\n"
    )
    (tmp_path / "s.yaml").write_text("scenario: s\nchains: [dust]\ndrive: {filter: 7 t/a}\n")
    result = mfa.load(tmp_path / "s.yaml").export(tmp_path / "book.xlsx")
    again = mfa.load(tmp_path / "book.xlsx")
    assert list(again.system.processes["filter"].outputs) == ["dust"]
    same_tables(result, again.solve())


def test_numbers_keep_every_digit(everything: Path, tmp_path: Path) -> None:
    """1/3 needs 17 digits: amounts in the workbook are the same doubles as in the tables."""
    result = mfa.load(everything, settings={"mine.level": f"{1 / 3!r} Mt/a"}).export(tmp_path / "book.xlsx")
    page = openpyxl.load_workbook(tmp_path / "book.xlsx")["flows"]
    found = [c.value for c in page["E"][HEAD:]]
    assert found == [row[4] for row in result.table("flows").rows]
    assert len({repr(a) for a in found}) > 3


# ---------------------------------------------------------------- the sheets
def test_tables_are_sheets_of_the_same_name(everything: Path, tmp_path: Path) -> None:
    """Every table has a sheet with its columns, and the answer comes first."""
    result = mfa.load(everything).export(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames[0] == "Answer"
    for name in result.written:
        assert [c.value for c in book[name][HEAD]] == list(result.table(name).columns)
        assert book[name].max_row == HEAD + len(result.table(name).rows) or not result.table(name).rows


def test_sheets_are_ready_to_be_edited(everything: Path, tmp_path: Path) -> None:
    """Frozen header, filter, drop-down lists of closed vocabularies, comments, a native chart."""
    mfa.load(everything).export(tmp_path / "book.xlsx", lang="zh")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    for sheet in all_sheets():
        page = book[sheet.name]
        assert page.freeze_panes is not None
        assert int(re.sub("[A-Z]", "", page.freeze_panes)) == HEAD + 1
        assert page.auto_filter.ref.startswith(f"A{HEAD}:")
        assert all(page.cell(HEAD, i).comment for i in range(1, len(sheet.keys) + 1))
    lists = {v.formula1 for v in book["MaterialNames"].data_validations.dataValidation}
    assert '"resource,intermediate,product,waste,energy,fuel,water,emission"' in lists
    assert '"combustion,process,biogenic"' in lists
    assert any(
        v.formula1 == '"high,medium,low"' for v in book["Coefficients"].data_validations.dataValidation
    )
    with zipfile.ZipFile(tmp_path / "book.xlsx") as packed:
        assert "xl/charts/chart1.xml" in packed.namelist()
        chart = packed.read("xl/charts/chart1.xml").decode()
    assert "barChart" in chart
    assert "Answer!$C$" in chart


def test_targets_are_coloured(everything: Path, tmp_path: Path) -> None:
    """The state of a target has a colour of its own on the answer sheet and in the indicators."""
    mfa.load(everything).export(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    for name, states in (("Answer", ("met", "missed")), ("indicators", ("true", "false"))):
        rules = {r.formula[0] for c in book[name].conditional_formatting for r in c.rules}
        assert {f'"{s}"' for s in states} <= rules


def test_texts_never_become_formulas(everything: Path, tmp_path: Path) -> None:
    """Texts that begin with = + - @ stay texts."""
    mfa.load(everything).export(tmp_path / "book.xlsx")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as packed:
        sheets = [packed.read(n) for n in packed.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in text for text in sheets)
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    cite = cell(book["Sources"], "cite", source="plain")
    assert (cite.value, cite.data_type) == ("=1+1 is no formula here", "s")
    assert cell(book["MaterialNames"], "label en", material="brick").value == "+brick"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_column_says_what_it_means(lang: str) -> None:
    """Each column of each input sheet, remarks and years too, is explained."""
    for sheet in all_sheets():
        extra = [Column(k) for k in (LABEL, ORIGIN, "2025", INTERPOLATE)]
        for each in (*sheet.columns, *extra):
            assert column_meaning(sheet, each, lang).strip(), (sheet.name, each.key)


def test_a_han_is_twice_as_wide() -> None:
    """Two han and four letters, and two columns of margin."""
    assert formats.column_width(["ab赤泥cd", "x"]) == 4 + 2 * 2 + 2
    assert formats.column_width(["x"]) == formats.NARROWEST
    assert formats.column_width(["泥" * 100]) == formats.WIDEST


def test_paths_of_fields_read_back() -> None:
    """Keys with a slash or a tilde survive, places in lists count from 1."""
    assert steps(joined(("claims", 0, "flow", "a/b~1"))) == ("claims", "[1]", "flow", "a/b~1")


NUMBERS = st.floats(0, 1e12, allow_subnormal=False).map(repr) | st.decimals(0, 10**6, places=3).map(str)
UNITS = st.sampled_from(["t/t", "kg/t", "%", "万t/a", "", "Mt_wet/a", "亿kWh"])


@given(NUMBERS, UNITS, NUMBERS, UNITS, st.sampled_from(["value", "sd", "cv", "range", "2030"]))
def test_cells_of_a_quantity_say_what_it_says(
    number: str, unit: str, second: str, other: str, key: str
) -> None:
    """Whatever the two units are, what is read from the cells has the same numbers and units."""
    place = Place("f", 1, 1)
    tree = Tree(place)
    tree.put("2020" if key == "2030" else "value", Text(f"{number} {unit}".strip(), place))
    if key != "value":
        head = f"{second}.." if key == "range" else ""
        tree.put(key, Text(f"{head}{second} {other}".strip(), place))
    made = cells(tree, {c.key for c in QUANTITY})
    assert made.taken == set(tree)
    row = {
        k: Cell(str(v), CellPlace("f:S", 4, i), not isinstance(v, str))
        for i, (k, v) in enumerate(made.cells.items(), 1)
    }
    sheet = next(s for s in all_sheets() if s.name == "Coefficients")
    read = quantity(Rows(sheet, {"value": CellPlace("f:S", 3, 1)}, []), row)
    found = {"value": read} if isinstance(read, Text) else read
    assert set(found) == set(tree)
    for name, text in tree.items():
        split = units.split_range if name == "range" else units.split
        assert split(str(found[name])) == split(str(text)), name


# ---------------------------------------------------------------- edited by people
@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The workbook of the scenario."""
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    mfa.load(EVERYTHING).export(path)
    return path.read_bytes()


@pytest.fixture
def book(exported: bytes, tmp_path: Path) -> Path:
    """A copy of it to be edited."""
    (tmp_path / "book.xlsx").write_bytes(exported)
    return tmp_path / "book.xlsx"


def coefficient(path: Path, process: str, material: str) -> float:
    return mfa.load(path).system.processes[process].inputs[material].figure.value


def test_a_changed_number_counts(book: Path) -> None:
    """A number of a cell goes through to the run: 0.3 → 0.25 t mud per t brick."""

    def change(b: Any) -> None:
        cell(b["Coefficients"], "value", process="kiln", material="mud").value = 0.25

    made = edited(book, change)
    assert coefficient(made, "kiln", "mud") == 0.25
    result = mfa.load(made).solve()
    flows = {(r[1], r[3]): r[4] for r in result.table("flows").rows}
    # the kiln's recipe is kept: mud = 0.25 × its level
    level = next(r[2] for r in result.table("processes").rows if r[1] == "kiln")
    assert flows["mud", "kiln"] == pytest.approx(0.25 * float(level), rel=1e-12)


@pytest.mark.parametrize(
    ("written", "number_format", "unit", "value"),
    [
        (0.07, "0%", "t/t", 0.07),  # a percentage is its number
        (0.07, "0.00%", None, 0.07),  # typed as 7%, unit emptied
        (0.07, "0%", "%", 0.07),  # typed as 7% beside a unit that says so already
        (7, "General", "%", 0.07),
        ("7", "General", "%", 0.07),  # a number that became a text
        ("70 kg/t", "@", None, 0.07),  # value and unit in one cell
        ("70 kg/t", "@", "kg/t", 0.07),
        ("0.07", "@", "t/t", 0.07),
    ],
)
def test_ways_to_write_a_number(
    book: Path, written: object, number_format: str, unit: str | None, value: float
) -> None:
    """Whatever Excel makes of a number, it means what the cell shows."""

    def change(b: Any) -> None:
        page = b["Coefficients"]
        made = cell(page, "value", process="kiln", material="mud")
        made.value, made.number_format = written, number_format
        cell(page, "unit", process="kiln", material="mud").value = unit

    assert coefficient(edited(book, change), "kiln", "mud") == value


def test_bounds_as_percentages(book: Path) -> None:
    """A range may be typed as 20% and 40%; 30 % ± is 0.2 … 0.4."""

    def change(b: Any) -> None:
        page = b["Composition"]
        for name, number in (("value", 0.3), ("low", 0.2), ("high", 0.4)):
            made = cell(page, name, material="mud", constituent="Fe2O3")
            made.value, made.number_format = number, "0%"
        cell(page, "sd", material="mud", constituent="Fe2O3").value = None

    tree = read_book(edited(book, change)).tree
    written = tree.child("materials").child("mud").child("composition").child("Fe2O3")
    assert (written["value"], written["range"]) == ("30 %", "20..40 %")


def test_rows_and_columns_may_move(book: Path, everything: Path) -> None:
    """Inserted, blank and sorted rows, moved and added columns, added sheets change nothing."""

    def change(b: Any) -> None:
        for name in ("Lists", "Coefficients", "Targets"):
            page = b[name]
            rows = [[c.value for c in row] for row in page.iter_rows(min_row=HEAD)]
            page.delete_rows(1, page.max_row)
            head, data = rows[0], sorted(rows[1:], key=str, reverse=True)
            order = sorted(range(len(head)), key=lambda i: str(head[i]))
            for row in [["a remark above"], [], [*head], [], *data]:
                page.append([row[i] for i in order] if len(row) == len(head) else row)
            page.insert_cols(2)
            page.cell(3, 2).value = "# mine"
            page.cell(7, 2).value = "=1/0"
        b.create_sheet("my notes")["A1"] = "free"

    expected = mfa.load(everything).solve()
    found = mfa.load(edited(book, change)).solve()
    for name in ("flows", "pools", "indicators"):
        for row, other in zip(expected.table(name).rows, found.table(name).rows, strict=True):
            assert row == tuple(pytest.approx(a, rel=1e-12) if isinstance(a, float) else a for a in other)


def test_a_new_process_is_a_few_rows(book: Path) -> None:
    """A process added in Excel runs: it takes what it is listed for."""

    def change(b: Any) -> None:
        add("ProcessNames", process="road", per="road-base")(b)
        add("MaterialNames", material="road-base", kind="product")(b)
        add("Coefficients", process="road", side="inputs", material="mud", value=1, unit="t/t")(b)
        add("Coefficients", process="road", side="outputs", material="road-base", value=1, unit="t/t")(b)
        add("ProcessFigures", process="road", figure="capacity", value=5, unit="kt/a")(b)
        add("Lists", material="mud", side="takers", node="road", tier=1)(b)

    result = mfa.load(edited(book, change)).solve()
    assert {r[1]: r[2] for r in result.table("processes").rows}["road"] == 5000


def test_computed_formulas_count(book: Path) -> None:
    """A formula counts with the value that a spreadsheet program stored: 1/4."""
    made = book.with_name("computed.xlsx")
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode() if name.endswith(".xml") else ""
            found = re.sub(r'<c r="E9"( s="[0-9]+")><v>0.3</v>', r'<c r="E9"\1><f>1/4</f><v>0.25</v>', text)
            new.writestr(name, found if found != text else old.read(name))
    assert coefficient(made, "kiln", "mud") == 0.25


# ---------------------------------------------------------------- faults


def put(sheet: str, name: str, value: object, **at: str) -> Change:
    """Put a value into the cell of a column, in the row where other columns hold these texts."""

    def change(b: Any) -> None:
        cell(b[sheet], name, **at).value = value

    return change


def head(sheet: str, old: str, new: str) -> Change:
    def change(b: Any) -> None:
        b[sheet].cell(HEAD, column(b[sheet], old)).value = new

    return change


def rename(old: str, new: str) -> Change:
    def change(b: Any) -> None:
        b[old].title = new

    return change


def again(b: Any) -> None:
    page = b["Coefficients"]
    page.append([c.value for c in page[HEAD + 1]])


def error(b: Any) -> None:
    made = cell(b["Coefficients"], "value", process="kiln", material="mud")
    made.value, made.data_type = "#REF!", "e"


KILN = {"process": "kiln", "material": "mud"}
FAULTS: dict[str, tuple[Change, str]] = {
    "book-no-scenario": (rename("Scenario", "notes"), "edited.xlsx:1:1: there is no sheet 'Scenario'"),
    "book-sheet": (
        rename("Coefficients", "Coeficients"),
        "edited.xlsx:Coeficients!A1: the sheet 'Coeficients' is none of those that are read; did you mean",
    ),
    "book-sheet-missing": (
        lambda b: b.remove(b["Targets"]),
        "edited.xlsx:Scenario!B9: there is no sheet 'Targets', which stands in this list of the input sheets",
    ),
    "book-no-header": (
        head("Lists", "node", "knot"),
        "edited.xlsx:Lists!A1: sheet 'Lists' has no header row with the columns material, side, node",
    ),
    "book-column": (
        head("Coefficients", "value", "vlaue"),
        "edited.xlsx:Coefficients!E3: the column 'vlaue' is unknown; did you mean 'value'?",
    ),
    "book-column-twice": (
        head("Coefficients", "high", "low"),
        "edited.xlsx:Coefficients!H3: the column 'low' stands here a second time",
    ),
    "book-cell-empty": (
        put("Coefficients", "material", None, **KILN),
        "edited.xlsx:Coefficients!C9: this row has nothing in the column 'material'",
    ),
    "book-cell-error": (error, "edited.xlsx:Coefficients!E9: this cell holds the error #REF!"),
    "book-cell-date": (
        put("Coefficients", "note", datetime.datetime(2025, 5, 1), **KILN),
        "edited.xlsx:Coefficients!P9: this cell holds a date or a time (2025-05-01 00:00:00)",
    ),
    "book-cell-formula": (
        put("Coefficients", "value", "=1/4", **KILN),
        "edited.xlsx:Coefficients!E9: this formula has no value yet",
    ),
    "book-twice": (
        again,
        "edited.xlsx:Coefficients!A24: 'processes/mine/inputs/rock' is said a second time,"
        " already at edited.xlsx:Coefficients!E4",
    ),
    "choice": (
        put("Coefficients", "side", "input", **KILN),
        "edited.xlsx:Coefficients!B9: side is 'input'; did you mean 'inputs'?; one of inputs, outputs",
    ),
    "unit-dimension": (
        put("Coefficients", "unit", "ha/t", **KILN),
        "edited.xlsx:Coefficients!E9: 'ha' measures area",
    ),
    "negative": (put("Coefficients", "value", -0.3, **KILN), "edited.xlsx:Coefficients!E9: '-0.3 t/t'"),
    "material-unknown": (
        put("Coefficients", "material", "mood", **KILN),
        "edited.xlsx:Coefficients!C9: ",
    ),
    "key-unknown": (add("Other", field="[1]", value="x"), "edited.xlsx:Other!A"),
    "yaml-deep": (add("Other", field="a/" * 60, value="x"), "edited.xlsx:Other!A"),
    "number-form": (
        put("Coefficients", "value", "about 3", **KILN),
        "edited.xlsx:Coefficients!E9: 'about 3 t/t'",
    ),
}


@pytest.mark.parametrize("key", FAULTS)
def test_faults_name_sheet_and_cell(key: str, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong is told at FILE:SHEET!CELL in both languages."""
    monkeypatch.chdir(book.parent)
    change, words = FAULTS[key]
    made = edited(book, change)
    with pytest.raises(mfa.Error) as caught:
        mfa.load(made.name)
    found = [f for f in caught.value.faults if f.key.startswith(key)]
    assert found, str(caught.value)
    assert found[0].text().startswith(words), found[0].text()
    assert found[0].text().count("; ") >= 2
    assert found[0].text("zh").count("；") >= 2


RENAMED = {
    "ProcessFigures": "Capacities",
    "Targets": "Goals",
    "Lists": "清单",
    "Prices": "价格",
    "MaterialFigures": "物料参数",
    "Other": "其他",
}


@pytest.mark.parametrize("sheet", RENAMED)
@pytest.mark.parametrize("listed", [True, False])
def test_a_renamed_sheet_is_never_left_out(
    sheet: str, listed: bool, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One fault at the sheet says which it must be, by its header, also where no list names it."""
    monkeypatch.chdir(book.parent)

    def change(b: Any) -> None:
        rename(sheet, RENAMED[sheet])(b)
        if not listed:
            b["Scenario"].delete_rows(cell(b["Scenario"], "value", field="sheets").row)

    made = edited(book, change)
    with pytest.raises(mfa.Error) as caught:
        mfa.load(made.name)
    name = RENAMED[sheet]
    assert [f.key for f in caught.value.faults] == ["book-sheet"], str(caught.value)
    assert str(caught.value).startswith(f"edited.xlsx:{name}!A1: the sheet '{name}' is none of")
    assert f"did you mean '{sheet}'?" in str(caught.value)
    assert f"是否应为“{sheet}”？" in caught.value.text("zh")


def test_sheets_without_header_or_in_chinese(book: Path) -> None:
    """A translated header leaves nothing to know a sheet by: the list still says that it is gone."""

    def change(b: Any) -> None:
        rename("Targets", "目标")(b)
        for each in b["目标"][HEAD]:
            each.value = "列"

    with pytest.raises(mfa.Error) as caught:
        mfa.load(edited(book, change))
    assert [f.key for f in caught.value.faults] == ["book-sheet-missing", "book-sheet"]
    assert "没有工作表“Targets”" in caught.value.text("zh")


def test_sheets_of_ones_own(book: Path) -> None:
    """Names with a small letter or _, empty sheets and charts are left alone; a part may be left out."""

    def change(b: Any) -> None:
        for name in ("mine", "_备注"):
            b.create_sheet(name)["A1"] = "material"
        b.create_sheet("Sheet1")
        b.create_chartsheet("Chart1").add_chart(BarChart())
        b.remove(b["Targets"])
        listed = cell(b["Scenario"], "value", field="sheets")
        assert listed.value.split(", ") == [s.name for s in all_sheets()]
        listed.value = listed.value.replace("Targets, ", "")

    assert mfa.load(edited(book, change)).system.targets == ()


def test_a_book_without_the_list_has_the_sheets_that_it_uses(book: Path) -> None:
    """A workbook made by hand has only what it needs."""

    def change(b: Any) -> None:
        cell(b["Scenario"], "value", field="sheets").value = None
        cell(b["Scenario"], "field", field="sheets").value = None
        b.remove(b["Targets"])

    assert mfa.load(edited(book, change)).system.targets == ()


def file_faults(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], object]]:
    """What is wrong with files and names rather than with cells."""
    text, big, scenario = folder / "text.xlsx", folder / "big.xlsx", mfa.load("alumina-red-mud")
    text.write_text("no workbook", encoding="utf-8")
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/zeros", bytes(9 * 2**20))
    monkeypatch.setattr("mfa.input.workbook.cells.LARGEST_UNPACKED", 8 * 2**20)
    return {
        "book-missing": lambda: mfa.load(folder / "none.xlsx"),
        "book-not-workbook": lambda: mfa.load(text),
        "book-too-large": lambda: mfa.load(big),
        "book-ending": lambda: scenario.export(folder / "book.xls"),
        "book-chain": lambda: mfa.load("bayer-alumina").export(folder / "book.xlsx"),
    }


@pytest.mark.parametrize(
    "key", ["book-missing", "book-not-workbook", "book-too-large", "book-ending", "book-chain"]
)
def test_faults_of_files(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no workbook is bad input, never a traceback."""
    with pytest.raises(mfa.Error) as caught:
        file_faults(tmp_path, monkeypatch)[key]()
    assert [f.key for f in caught.value.faults] == [key]


@pytest.mark.parametrize(
    ("key", "name", "most"),
    [("book-too-many-rows", "MOST_ROWS", 40), ("book-text-too-long", "MOST_LETTERS", 20)],
)
def test_nothing_is_cut_off(
    key: str, name: str, most: int, everything: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More rows or letters than Excel holds are an error, and no file is written."""
    assert (formats.MOST_ROWS, formats.MOST_LETTERS) == (1_048_576, 32_767)
    monkeypatch.setattr(formats, name, most)
    monkeypatch.setattr("mfa.show.workbook.input_sheets.fits", formats.fits)
    with pytest.raises(mfa.Error) as caught:
        mfa.load("chain-iron").export(tmp_path / "book.xlsx")
    assert [f.key for f in caught.value.faults] == [key]
    assert not (tmp_path / "book.xlsx").exists()


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9])
def test_damaged_files(book: Path, cut: float) -> None:
    """Half a file, or one whose sheets are no XML, is a fault and no crash."""
    raw = book.read_bytes()
    (book.parent / "half.xlsx").write_bytes(raw[: int(len(raw) * cut)])
    broken = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text[: int(len(text) * cut)] if "sheet" in name else text)
    (book.parent / "broken.xlsx").write_bytes(broken.getvalue())
    for name in ("half.xlsx", "broken.xlsx"):
        with pytest.raises(mfa.Error) as caught:
            mfa.load(book.parent / name)
        assert {f.key for f in caught.value.faults} == {"book-not-workbook"}


def test_every_fault_has_a_case() -> None:
    """No message of workbooks goes untested."""
    text = resources.files("mfa").joinpath("messages/book.toml").read_text(encoding="utf-8")
    words = ("book-how", "book-one-of", "book-named-in")
    keys = {k for k in tomllib.loads(text) if k.startswith("book-")} - set(words)
    rest = {"book-too-many-rows", "book-text-too-long"}
    files = {"book-missing", "book-not-workbook", "book-too-large", "book-ending", "book-chain"}
    assert keys == {k for k in FAULTS if k.startswith("book-")} | files | rest
    assert keys <= catalogue().keys()


def test_places_of_cells() -> None:
    """A cell is FILE:SHEET!CELL and sorts by row among the others of its sheet."""
    place = CellPlace("book.xlsx:Coefficients", 17, 4)
    assert str(place) == f"{place}" == "book.xlsx:Coefficients!D17"
    assert str(CellPlace("b:S", 1, 16384)) == "b:S!XFD1"
    assert sorted([place, Place("book.xlsx:Coefficients", 2, 9)])[1] is place


# ---------------------------------------------------------------- the command line
def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


def test_commands(everything: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`export` writes, `run`, `check` and `show --origin` read; a fault ends with 2 and no output."""
    target = tmp_path / "book.xlsx"
    assert run("export", str(everything), "--xlsx", str(target), "--lang", "zh") == 0
    assert capsys.readouterr().out.strip() == str(target)
    assert run("run", str(target), "--out", str(tmp_path / "out"), "--quiet") == 0
    assert run("check", str(target)) == 0
    capsys.readouterr()
    assert run("show", str(target), "--origin") == 0
    assert re.search(r"drive\.mine\.2020: 1 Mt/a  # .*book\.xlsx:Drive![A-Z]+4", capsys.readouterr().out)
    made = edited(target, put("Drive", "2020", "much", id="mine"))
    assert run("run", str(made), "--out", str(tmp_path / "none")) == 2
    assert f"{made}:Drive!F4: 'much'" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_help_loads_no_workbook_library() -> None:
    """`mfa --help` and a run of a YAML file load neither library."""
    code = (
        "import sys\nfrom mfa.cli import main\n"
        "try: main(['run', 'chain-water', '--quiet'])\nexcept SystemExit: pass\n"
        "print([m for m in ('openpyxl', 'xlsxwriter', 'pyarrow') if m in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"

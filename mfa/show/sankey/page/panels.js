// Beside the picture: everything in words, the list of materials, the table, and what is followed.

let chosen = null;                         // {node or link, links}: what is followed
let order = { column: 3, down: true };     // of the table
const NAMES_TOLD = 3;                      // of what is hidden
let rows = [];                             // of the table: from, to, material, amount, number of the band
let note = () => "";                       // what has just happened, in any language
let byAmount = true;                       // the list of materials: largest first, or by name

// ---------------------------------------------------------------- everything that is written in words
function write() {
  document.documentElement.lang = { en: "en", zh: "zh-Hans" }[lang];
  byId("title").textContent = document.title = data.title[lang];
  const each = (what, act) => document.querySelectorAll(`[data-${what}]`).forEach((item) => act(item, item.dataset[what]));
  each("word", (item, key) => { item.textContent = word(key); });
  each("label", (item, key) => item.setAttribute("aria-label", word(key)));
  each("hint", (item, key) => item.setAttribute("placeholder", word(key)));
  each("lang", (item, key) => item.setAttribute("aria-pressed", String(key === lang)));
  writeChoices();
  writeLabels();
  const counts = { nodes: standing().length, links: layer.values.filter(Boolean).length };
  byId("about").textContent = word("about", { ...counts, layer: layer.label[lang] });
  fill("node-names", new Set(standing().map(nodeName)), (list, value) => add(list, "option", { value }));
  fill("notes", layer.notes[lang], (list, [text, value]) => {
    add(list, "li", {}, text.replace("{amount}", () => amount(value)));
  });
  writeMaterials();
  writeTable();
  tell();
}
function fill(id, items, make) {
  byId(id).replaceChildren();
  for (const item of items) make(byId(id), item);
}

function writeChoices() {
  const keys = [...new Set(layers.map((each) => each.key))];
  byId("layers").hidden = keys.length < 2;
  fill("layer-list", keys, (list, value) => {
    const holder = add(list, "label"), radio = add(holder, "input", { type: "radio", name: "layer", value });
    radio.checked = value === layer.key;
    add(holder, "span", {}, layers.find((each) => each.key === value).label[lang]);
  });
  byId("period").hidden = periods.length < 2;
  byId("year").max = periods.length - 1;
  byId("year").value = periods.indexOf(layer.period);
  byId("year-shown").textContent = layer.period;
  const units = [word("unit-auto"), ...layer.units[lang].map(([unit]) => unit)];
  fill("unit", units.entries(), (list, [i, unit]) => add(list, "option", { value: i - 1 }, unit));
  byId("unit").value = rung;
}

function writeMaterials() {
  const sums = data.materials.map(() => 0);
  links.forEach((link, i) => { sums[link.material] += layer.values[i]; });
  const here = sums.map((_, m) => m).filter((m) => sums[m]);
  const collator = new Intl.Collator(lang), byName = (a, b) => collator.compare(materialName(a), materialName(b));
  here.sort((a, b) => (byAmount && sums[b] - sums[a]) || byName(a, b));
  byId("largest").setAttribute("aria-pressed", String(byAmount));
  fill("material-list", here, (list, m) => {
    const holder = add(add(list, "li"), "label");
    add(holder, "input", { type: "checkbox", value: m });
    add(holder, "i").style.background = colourOf(data.materials[m][1]);
    add(holder, "span", {}, materialName(m));
    add(holder, "em", {}, amount(sums[m]));
  });
  const kinds = data.kinds.map((_, k) => k).filter((k) => here.some((m) => data.materials[m][1] === k));
  fill("legend", kinds, (list, k) => {
    const button = add(list, "button", { type: "button", "data-kind": k }), swatch = add(button, "i");
    swatch.style.background = colourOf(k);
    swatch.style.opacity = data.alpha;
    add(button, "span", {}, nameOf(data.kinds[k][0]));
  });
  narrow();
}
function narrow() {
  const text = byId("material-search").value.trim().toLowerCase();
  for (const item of byId("material-list").children) {
    item.hidden = !item.querySelector("span").textContent.toLowerCase().includes(text);
  }
}

// ---------------------------------------------------------------- the table of flows
function tableRows() {
  const ends = ({ source, target }) => [source, target].map((n) => nameOf(nodes[n].name));
  const row = (link, i) => [...ends(link), materialName(link.material), layer.values[i], i];
  const parts = (i) => layer.parts[i]?.map(([...names]) => [...names.slice(0, 3).map(nameOf), names[3], i]);
  return links.flatMap((link, i) => (layer.values[i] ? parts(i) ?? [row(link, i)] : []));
}

function writeTable() {
  const collator = new Intl.Collator(lang), sign = order.down ? -1 : 1, by = order.column;
  const compare = by === 3 ? (a, b) => a[3] - b[3] : (a, b) => collator.compare(a[by], b[by]);
  rows = tableRows().sort((a, b) => sign * compare(a, b));
  const [unit, factor] = layer.units[lang][Math.max(rung, 0)], way = order.down ? "descending" : "ascending";
  fill("columns", ["from", "to", "material", "amount"].entries(), (head, [i, key]) => {
    const cell = add(head, "th", { scope: "col", "aria-sort": i === by ? way : "none" });
    const text = word(key) + (i === 3 ? `, ${unit}` : "") + (i === by ? { descending: " ↓", ascending: " ↑" }[way] : "");
    add(cell, "button", { type: "button", "data-column": i }, text);
  });
  fill("rows", byId("flows").open ? rows : [], (body, row) => {
    const line = add(body, "tr", { "data-of": row[4] });
    for (const text of row.slice(0, 3)) add(line, "td", {}, text);
    add(line, "td", {}, number(row[3] / factor));
  });
}

// Tabs between cells. A spreadsheet would run a name that starts like a formula: it gets an apostrophe.
function asText(list) {
  const cell = (text) => String(text).replace(/\s+/g, " ").replace(/^(?=[=+\-@])/, "'");
  return list.map((line) => `${line.map(cell).join("\t")}\n`).join("");
}
function copyTable() {
  const kept = rows.filter((row) => shown(row[4])), [unit] = layer.units[lang][0];
  const head = ["from", "to", "material", "amount", "unit"].map((key) => word(key));
  const text = asText([head, ...kept.map((row) => [...row.slice(0, 4), unit])]);
  navigator.clipboard.writeText(text)
    .then(() => say(() => word("copied", { count: kept.length })), () => say(() => word("not-copied")))
    .finally(done);
}

// ---------------------------------------------------------------- what is shown, and what is followed
const drawn = (i) => layer.values[i] > 0 && !off.has(links[i].material);
const shown = (i) => drawn(i) && (!chosen || chosen.links.has(i));
const of = (element) => Number(element.dataset.of);
const ofKind = (kind) => data.materials.flatMap(([, each], m) => (each === kind ? [m] : []));

// All flows that lead away from a node (or to it). Each node is left once, so loops end; a
// return flow is shown, and gone beyond only where the reader wants it.
function along(start, side, end) {
  const found = new Set(), seen = new Set([start]), queue = [start];
  while (queue.length) {
    for (const i of nodes[queue.pop()][side].filter(drawn)) {
      found.add(i);
      const next = links[i][end];
      if (seen.has(next) || (links[i].back && !byId("loops").checked)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return found;
}

function choose({ node, link }) {
  const first = node ?? links[link].source, last = node ?? links[link].target;
  const up = along(first, "into", "source"), down = along(last, "out", "target");
  chosen = { node, link, links: new Set([...up, ...down, ...(node === undefined ? [link] : [])]) };
  const ends = (set, end, self) => new Set([...set].map((i) => links[i][end]).filter((n) => n !== self)).size;
  chosen.counts = { count: chosen.links.size, up: ends(up, "source", first), down: ends(down, "target", last) };
  refresh();
}
// The same again, after something else has changed.
function follow() {
  if (chosen) choose(chosen);
  else refresh();
}
function clearChoice() {
  chosen = null;
  refresh();
}
function toggle(item) {
  if (chosen && chosen.node === item.node && chosen.link === item.link) clearChoice();
  else choose(item);
}

// The line below the picture: what has just happened, and always what is shown.
function say(text) {
  note = text;
  tell();
}
function tell() {
  const text = [note(), state()].filter(Boolean).join(" ");
  if (byId("live").textContent !== text) byId("live").textContent = text;
}
function state() {
  const all = links.map((_, i) => i).filter((i) => layer.values[i]), kept = all.filter(drawn).length, parts = [];
  if (chosen) {
    const name = (chosen.node === undefined ? linkText(chosen.link).slice(0, 3) : nodeText(chosen.node)).join(", ");
    parts.push(word("followed", { ...chosen.counts, name }));
  }
  if (kept < all.length) {
    const out = new Set(all.filter((i) => !drawn(i)).map((i) => links[i].material));
    const names = [...out].slice(0, NAMES_TOLD).map(materialName).join({ en: ", ", zh: "、" }[lang]);
    const more = out.size > NAMES_TOLD ? " …" : "";
    parts.push(word("hidden", { count: kept, all: all.length, materials: out.size, names: names + more }));
  }
  return parts.join(" ") || word("all-shown", { count: all.length });
}

function refresh() {
  note = () => "";
  const kept = new Set(chosen ? [chosen.node] : []);
  links.forEach((link, i) => {
    link.path.classList.toggle("gone", !drawn(i));
    link.path.classList.toggle("faded", !shown(i));
    if (shown(i)) kept.add(link.source).add(link.target);
  });
  nodes.forEach((node, n) => {
    node.group.classList.toggle("gone", !stands(n));
    node.group.classList.toggle("faded", !kept.has(n));
    node.group.classList.toggle("chosen", chosen?.node === n);
    node.group.setAttribute("aria-pressed", String(chosen?.node === n));
  });
  for (const item of markPlace.children) {
    item.classList.toggle("gone", !drawn(of(item)));
    item.classList.toggle("faded", !shown(of(item)));
  }
  for (const line of byId("rows").children) line.hidden = !shown(of(line));
  const count = rows.filter((row) => shown(row[4])).length;
  byId("flows-shown").textContent = word("of", { count, all: rows.length });
  const boxes = [...byId("material-list").querySelectorAll("input")];
  for (const box of boxes) box.checked = !off.has(Number(box.value));
  byId("materials-shown").textContent = word("of", { count: boxes.filter((box) => box.checked).length, all: boxes.length });
  for (const button of byId("legend").children) {
    button.setAttribute("aria-pressed", String(ofKind(Number(button.dataset.kind)).some((m) => !off.has(m))));
  }
  fitNames();
  tell();
}

function filter(materials, out) {
  for (const m of materials) out ? off.add(m) : off.delete(m);
  follow();
}

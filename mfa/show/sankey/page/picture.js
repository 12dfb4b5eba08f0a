// The picture: what the JSON block of this page says, drawn in one layer, language and unit at a time.

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const FONT = 11, CAPTION = 10.25, LINE = 1.22 * FONT, WRAP = 10.5 * FONT, NAMES_SHOWN = 2, PARTS_SHOWN = 8;
const CHANGE = 150, LARGEST_FIT = 1.4, PALE = 0.45, WIDER = [1, 1.3, 1.6], SQUEEZE = 1.3;
const READABLE = 9, TALLEST = 0.84;        // pixels of a name; the share of the window that the picture takes
const SHEET = [1047, 680];                 // pixels of A4 on its side within the margins of print

// ---------------------------------------------------------------- the data; all things are known by number
const nodes = data.nodes.map(([name, role, crossing]) => ({ name, role, crossing, out: [], into: [] }));
const links = data.links.map(([pair, material], i) => {
  const [source, target, back] = data.pairs[pair];
  nodes[source].out.push(i);
  nodes[target].into.push(i);
  return { source, target, back, pair, material, kind: data.materials[material][1] };
});
const own = (i) => links[i].source === links[i].target;   // circulates at its node, in neither of its sums
const layers = data.layers.map((each) => ({
  ...each,
  shape: [
    tenths(each.size), each.nodes.map(tenths), tenths(each.widths), tenths(each.offsets),
    each.paths.map((steps) => steps && corners(tenths(steps))),
  ],
  sums: nodes.map((node) => [node.into, node.out].map((side) => side.reduce((sum, i) => sum + (own(i) ? 0 : each.values[i]), 0))),
  turning: nodes.map((node) => node.out.reduce((sum, i) => sum + (own(i) ? each.values[i] : 0), 0)),
}));
const periods = [...new Set(layers.map((each) => each.period))];

// ---------------------------------------------------------------- what the reader has chosen
const off = new Set();                     // materials filtered out
let lang = data.lang, layer = layers[0], rung = -1, zoom = 0;
let shape = layer.shape;                   // as drawn now: size, boxes, widths, offsets, paths
let step = 0;                              // counts what is finished, for those who wait for it
const done = () => {
  remember();
  document.body.dataset.step = String(++step);
};

// ---------------------------------------------------------------- words
const word = (key, values = {}) => data.words[lang][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const nameOf = (i) => data.names[i][lang === "zh" ? data.names[i].length - 1 : 0];
const materialName = (i) => nameOf(data.materials[i][0]);
const colourOf = (kind) => data.kinds[kind][1];

// Values in the unit chosen, or in the largest of which the largest value is at least one.
function amount(...values) {
  const units = layer.units[lang];
  const [unit, factor] = units[rung] ?? units.findLast((each) => Math.max(...values) >= each[1]) ?? units[0];
  const texts = new Set(values.filter((value) => value > 0).map((value) => number(value / factor)));
  return `${[...texts].join(" → ") || "0"} ${unit}`;
}

// A process keeps its place where nothing flows, a piece of the boundary does not.
const flowsAt = (n) => [...layer.sums[n], layer.turning[n]].some((sum) => sum > 0);
const stands = (n) => Boolean(layer.shape[1][n]) && (!nodes[n].crossing || flowsAt(n));
const standing = () => nodes.map((_, n) => n).filter(stands);

// A process by its name, the boundary by what crosses it there, the largest first.
function nodeName(n) {
  const node = nodes[n], role = nameOf(node.name), all = [...node.into, ...node.out];
  if (!node.crossing) return role;
  const flowing = all.filter((i) => layer.values[i] > 0), crossing = flowing.length ? flowing : all;
  crossing.sort((a, b) => layer.values[b] - layer.values[a]);
  const names = crossing.map((i) => materialName(links[i].material)), comma = { en: ", ", zh: "、" }[lang];
  const few = names.join(comma), values = { name: names[0], count: names.length - 1, role };
  if (names.length > 1 && node.crossing < 2 && (names.length > NAMES_SHOWN || width(few + comma + role) > WRAP)) {
    if (crossing.some((i) => layer.parts[i])) return word("and-more", values);
    return names.length === 2 ? word("and-one", values) : word("and-others", values);
  }
  return few + (lang === "zh" && !/[!-~]$/.test(few) ? "" : " ") + role;
}

const circulating = (n) => (layer.turning[n] ? [word("circulating", { amount: amount(layer.turning[n]) })] : []);

const nodeText = (n) => [
  nodeName(n), ...circulating(n),
  ...["in", "out"].flatMap((key, side) => {
    const count = nodes[n][side ? "out" : "into"].filter((i) => layer.values[i] > 0).length;
    return count ? [word(key, { amount: amount(layer.sums[n][side]), count })] : [];
  }),
];

function linkText(i) {
  const { source, target, material } = links[i], value = layer.values[i], sd = layer.spread[i];
  const part = (key, n, whole) => word(key, { share: number(100 * value / whole), name: nodeName(n) });
  const parts = layer.parts[i] ?? [];
  return [
    materialName(material), `${nodeName(source)} → ${nodeName(target)}`,
    amount(value) + (sd ? ` ± ${amount(sd)}` : ""),
    part("share-out", source, layer.sums[source][1]), part("share-in", target, layer.sums[target][0]),
    ...parts.slice(0, PARTS_SHOWN).map(([, , name, each]) => `· ${nameOf(name)} ${amount(each)}`),
    ...(parts.length > PARTS_SHOWN ? [`· … (${parts.length})`] : []),
  ];
}

// ---------------------------------------------------------------- the elements
const view = byId("view"), tip = byId("tip");
const svg = view.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
svg.setAttribute("role", "group");
svg.setAttribute("aria-labelledby", "title");
svg.setAttribute("aria-describedby", "about");
const hatch = add(add(svg, "defs"), "pattern", {
  id: "hatch", width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
});
add(hatch, "rect", { width: 4, height: 4, fill: "#fff" });
add(hatch, "rect", { width: 1.4, height: 4, fill: "#cc3311" });
const [bandPlace, markPlace, nodePlace] = [0, 1, 2].map(() => add(svg, "g"));
markPlace.setAttribute("aria-hidden", "true");
links.forEach((link, i) => {
  link.path = add(bandPlace, "path", {
    class: "band", role: "button", "aria-hidden": "true", tabindex: -1, "data-link": i, stroke: colourOf(link.kind),
  });
});
nodes.forEach((node, n) => {
  const [fill, stroke, round, hatched] = data.looks[node.role];
  node.group = add(nodePlace, "g", { class: "node", role: "button", tabindex: -1, "data-node": n });
  node.bar = add(node.group, "rect", { class: "bar", fill: hatched ? "url(#hatch)" : fill, stroke, rx: round ? 3 : 0 });
  node.label = add(node.group, "g", { "aria-hidden": "true" });
});

// ---------------------------------------------------------------- drawing
// The whole picture in the window, unless the reader wants another size.
function resize() {
  const [wide, tall] = shape[0];
  const whole = Math.min(view.clientWidth / wide, (TALLEST * innerHeight) / tall, LARGEST_FIT);
  svg.style.width = `${wide * (zoom || whole)}px`;
  fitNames();
}

const placeOf = (n) => {
  const [x, y, , , left, top, room, height] = shape[1][n];
  return `translate(${x + left + Math.max(-room, 0)} ${y + top + height / 2})`;
};

// Names that would be too small to read are larger, and those that then lie on a name of more are left out.
function fitNames() {
  const [wide, tall] = shape[0], printed = matchMedia("print").matches && Math.min(SHEET[0] / wide, SHEET[1] / tall);
  const grown = Math.max(1, READABLE / (FONT * (printed || svg.getBoundingClientRect().width / wide || 1)));
  const weight = (n) => (nodes[n].group.classList.contains("faded") ? 0 : 1e30) + Math.max(...layer.sums[n]);
  const written = standing().filter((n) => nodes[n].box && shape[1][n]).sort((a, b) => weight(b) - weight(a));
  const taken = [];
  for (const n of written) {
    const [x, y, , , left, top, room, height] = shape[1][n], box = nodes[n].box;
    const at = [x + left + Math.max(-room, 0) + grown * box.x, y + top + (height - grown * box.tall) / 2];
    const aside = grown > 1 ? Math.max(0, -at[0]) + Math.min(0, wide - at[0] - grown * box.wide) : 0;
    const own = [at[0] + aside, at[1], at[0] + aside + grown * box.wide, at[1] + grown * box.tall];
    const clear = grown === 1 || (own[1] > -LINE && own[3] < tall + LINE
      && taken.every((other) => own[0] >= other[2] || own[2] <= other[0] || own[1] >= other[3] || own[3] <= other[1]));
    if (clear) taken.push(own);
    nodes[n].label.classList.toggle("hushed", !clear);
    const larger = ` translate(${aside.toFixed(1)} 0) scale(${grown.toFixed(3)})`;
    nodes[n].label.setAttribute("transform", placeOf(n) + (grown > 1 ? larger : ""));
  }
  svg.classList.toggle("distant", grown > 1);
  byId("names-shown").hidden = taken.length === written.length;
  byId("names-shown").textContent = word("names-shown", { count: taken.length, all: written.length });
}

function draw(next) {
  shape = next;
  const [size, boxes, widths, offsets, paths] = shape;
  svg.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
  links.forEach((link, i) => {
    if (!widths[i] || !paths[link.pair]) return;
    link.path.setAttribute("d", lineAlong(paths[link.pair], offsets[i]));
    link.path.setAttribute("stroke-width", widths[i]);
  });
  nodes.forEach((node, n) => {
    if (!boxes[n]) return;
    const [x, y, wide, tall] = boxes[n];
    for (const [name, value] of Object.entries({ x, y, width: wide, height: tall })) node.bar.setAttribute(name, value);
  });
  resize();
}

// Another layer or period, by a short change unless the reader wants none.
function change(next) {
  const before = shape, start = performance.now();
  const still = next === layer || matchMedia("(prefers-reduced-motion: reduce)").matches;
  layer = next;
  markPlace.replaceChildren();
  write();
  follow();
  const frame = (now) => {
    const part = still ? 1 : Math.min(Math.max(now - start, 0) / CHANGE, 1);
    draw(part < 1 ? mix(before, layer.shape, part) : layer.shape);
    if (part < 1) return requestAnimationFrame(frame);
    mark();
    refresh();
    done();
  };
  frame(start);
}

// On the bands: a sure core where they are uncertain, heads on return flows, names where there is room.
function mark() {
  markPlace.replaceChildren();
  links.forEach((link, i) => {
    const sd = layer.spread[i], { pair, kind } = link;
    link.path.setAttribute("stroke-opacity", data.alpha * (sd ? PALE : 1));
    if (!sd || sd >= layer.values[i]) return;
    const core = { d: lineAlong(shape[4][pair], shape[3][i]), stroke: colourOf(kind), "stroke-opacity": data.alpha };
    const thick = shape[2][i] * (1 - sd / layer.values[i]);
    add(markPlace, "path", { class: "mark core", "data-of": i, "stroke-width": thick, ...core });
  });
  for (const [i, ...at] of layer.heads) {
    const [x, y] = tenths(at), half = Math.min(Math.max(0.3 * shape[2][i], 3), 8);
    const points = `${x - half},${y} ${x + half},${y - half} ${x + half},${y + half}`;
    add(markPlace, "polygon", { class: "mark", "data-of": i, points, fill: colourOf(links[i].kind) });
  }
  for (const [i, ...numbers] of layer.captions) {
    const [x, y, room] = tenths(numbers), name = materialName(links[i].material);
    if (width(name, CAPTION) > room + 8) continue;
    const style = { x, y: y + 0.36 * CAPTION, "font-size": CAPTION, "text-anchor": "middle" };
    add(markPlace, "text", { class: "mark", "data-of": i, ...style }, name);
  }
}

// ---------------------------------------------------------------- labels, kept within their room
const canvas = document.createElement("canvas").getContext("2d");
let family = "";
function width(text, size = FONT) {
  canvas.font = `${size}px ${family}`;
  return canvas.measureText(text).width;
}

// The room was made for the language of the run; a longer name in the other may stand out of it.
function label(n) {
  const node = nodes[n], [, , , , , , signed, height] = layer.shape[1][n], room = Math.abs(signed);
  const ink = data.looks[node.role][4], name = nodeName(n), values = [amount(...layer.sums[n]), ...circulating(n)];
  const rows = Math.round(height / LINE) - values.length;
  let lines = [];
  for (const times of WIDER) {
    lines = wrap(name, times * room + 1, width);
    if (lines.length <= rows) break;
  }
  lines.push(...values);
  const squeezed = (line) => width(line) > room && width(line) < SQUEEZE * room;
  const wide = Math.max(...lines.map((line) => (squeezed(line) ? room : width(line)))), tall = LINE * lines.length;
  const x = (signed < 0 ? -wide : 0) - 2, anchor = signed < 0 ? "end" : "start";
  node.box = { x, wide: wide + 4, tall };
  add(node.label, "rect", { class: "ground", x, y: -tall / 2, width: wide + 4, height: tall });
  lines.forEach((line, k) => {
    const fill = ink || (k >= lines.length - values.length ? "#555" : "#222"), y = (k + 0.79) * LINE - tall / 2;
    const style = squeezed(line) ? { textLength: room, lengthAdjust: "spacingAndGlyphs" } : {};
    add(node.label, "text", { y, fill, "text-anchor": anchor, "font-size": FONT, ...style }, line);
  });
}

function writeLabels() {
  family = getComputedStyle(document.body).fontFamily;
  nodes.forEach((node, n) => {
    node.label.replaceChildren();
    node.box = null;
    if (!layer.shape[1][n]) return;
    if (data.looks[node.role][5]) label(n);
    node.group.setAttribute("aria-label", nodeText(n).join("; "));
  });
}

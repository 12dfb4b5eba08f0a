// A view that is kept: in the address of the page, as a picture, as the command that makes it.

const DOTS = 300 / 72, MOST_DOTS = 40e6;   // pixels a point of a PNG, and how many in all a browser makes without fail
const MARGIN = 12, HEADING = 15, SWATCH = 12;

// ---------------------------------------------------------------- the address
const ids = (list) => [...list].map((m) => data.ids.materials[m]).join(",");
const listOf = (text) => (text ?? "").split(",").filter(Boolean);

function address() {
  const kept = new URLSearchParams(), unit = layer.units[lang][rung];
  const put = (key, value, usual) => { if (value && value !== usual) kept.set(key, value); };
  put("lang", lang, data.lang);
  put("layer", layer.key, layers[0].key);
  put("year", layer.period, layers[0].period);
  put("unit", unit && String(rung));
  if (off.size > data.materials.length / 2) kept.set("only", ids(data.materials.map((_, m) => m).filter((m) => !off.has(m))));
  else put("without", hiddenNames().join(","));
  if (chosen?.node !== undefined) put("node", data.ids.nodes[chosen.node]);
  else if (chosen) put("flow", flowId(chosen.link));
  put("back", byId("loops").checked && "1");
  put("sort", byAmount ? "" : "name");
  put("size", zoom && zoom.toFixed(2));
  return kept.toString();
}
const flowId = (i) => {
  const { source, target, material } = links[i];
  return [data.ids.nodes[source], data.ids.nodes[target], data.ids.materials[material]].join(",");
};

function remember() {
  const text = address();
  if (location.hash.slice(1) === text) return;
  try {
    history.replaceState(null, "", text ? `#${text}` : location.pathname);
  } catch { /* a frame without an address of its own keeps none */ }
}

// What an address asks for; what it names and this page does not have is said.
function restore() {
  const kept = new URLSearchParams(location.hash.slice(1)), unknown = [];
  const find = (list, id) => {
    const at = list.indexOf(id);
    if (at < 0) unknown.push(id);
    return at;
  };
  const named = (id) => (data.ids.kinds.includes(id) ? ofKind(data.ids.kinds.indexOf(id)) : [find(data.ids.materials, id)]);
  const all = (text) => listOf(text).flatMap(named).filter((m) => m >= 0);
  lang = data.words[kept.get("lang")] ? kept.get("lang") : data.lang;
  const [key, year] = [kept.get("layer") ?? layers[0].key, kept.get("year") ?? layers[0].period];
  const asked = layers.find((each) => each.key === key && each.period === year);
  if (asked) layer = asked;
  else unknown.push(key, year);
  rung = kept.has("unit") && layer.units[lang][kept.get("unit")] ? Number(kept.get("unit")) : -1;
  off.clear();
  const only = kept.has("only") && new Set(all(kept.get("only")));
  data.materials.forEach((_, m) => { if (only && !only.has(m)) off.add(m); });
  for (const m of all(kept.get("without"))) off.add(m);
  byId("loops").checked = kept.has("back");
  byAmount = kept.get("sort") !== "name";
  zoom = Number(kept.get("size")) || 0;
  chosen = null;
  change(layer);
  const node = kept.has("node") ? find(data.ids.nodes, kept.get("node")) : -1;
  const flow = kept.has("flow") ? find(links.map((_, i) => flowId(i)), kept.get("flow")) : -1;
  if (node >= 0) choose({ node });
  else if (flow >= 0) choose({ link: flow });
  if (unknown.length) say(() => word("unknown", { names: unknown.filter(Boolean).join(", ") }));
  done();
}

// ---------------------------------------------------------------- the picture as a file
const NAKED = { band: { fill: "none" }, core: { fill: "none" }, ground: { fill: "#fff", "fill-opacity": 0.7 } };

// The picture as it is on the page, every name in its place, with what it is above and what it leaves out below.
function asSvg() {
  const copy = svg.cloneNode(true), [wide, tall] = shape[0], soft = { fill: "#555", "font-size": FONT };
  copy.querySelectorAll(".gone, .mark.hushed").forEach((item) => item.remove());
  copy.querySelectorAll(".faded").forEach((item) => item.setAttribute("opacity", item.matches(".node") ? 0.3 : 0.12));
  copy.querySelectorAll("[data-node]").forEach((item) => {
    item.lastElementChild.setAttribute("transform", placeOf(Number(item.dataset.node)));
  });
  for (const [name, style] of Object.entries(NAKED)) {
    copy.querySelectorAll(`.${name}`).forEach((item) => {
      for (const [key, value] of Object.entries(style)) item.setAttribute(key, value);
    });
  }
  copy.querySelectorAll("*").forEach((item) => {
    for (const name of ["class", "role", "tabindex", "aria-hidden", "aria-label", "aria-pressed"]) item.removeAttribute(name);
  });
  const lines = [state(), ...[...byId("notes").children].map((item) => item.textContent)];
  const below = lines.flatMap((line) => wrap(line, wide, (text) => width(text)));
  const top = -MARGIN - 2 * HEADING, bottom = tall + MARGIN + LINE * (below.length + 2);
  for (const name of ["style", "class", "aria-labelledby", "aria-describedby", "role"]) copy.removeAttribute(name);
  const size = { width: `${wide + 2 * MARGIN}pt`, height: `${bottom - top + MARGIN}pt`, "font-family": family };
  size.viewBox = [-MARGIN, top, wide + 2 * MARGIN, bottom - top + MARGIN].map((x) => x.toFixed(1)).join(" ");
  for (const [key, value] of Object.entries(size)) copy.setAttribute(key, value);
  const ground = add(copy, "rect", { x: -MARGIN, y: top, width: "100%", height: "100%", fill: "#fff" });
  copy.prepend(add(copy, "title", {}, document.title), add(copy, "desc", {}, command()), ground);
  const heading = `${document.title} · ${layer.label[lang]}${layer.period ? ` · ${layer.period}` : ""}`;
  add(copy, "text", { x: 0, y: top + HEADING + 4, "font-size": HEADING, "font-weight": 600 }, heading);
  let x = 0;
  const key = tall + LINE + MARGIN;
  for (const button of byId("legend").querySelectorAll("[aria-pressed='true']")) {
    add(copy, "rect", { x, y: key - 9, width: SWATCH, height: 9, fill: colourOf(button.dataset.kind), "fill-opacity": data.alpha });
    add(copy, "text", { x: x + SWATCH + 4, y: key, ...soft }, button.textContent);
    x += SWATCH + 18 + width(button.textContent);
  }
  below.forEach((line, i) => add(copy, "text", { x: 0, y: key + LINE * (i + 1), ...soft }, line));
  return new XMLSerializer().serializeToString(copy);
}

function keepFile(blob, ending) {
  const name = `${document.title} ${layer.key} ${layer.period}`.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  return link.download;
}

function saveSvg() {
  const name = keepFile(new Blob([asSvg()], { type: "image/svg+xml" }), "svg");
  say(() => word("saved", { name }));
}

// As many pixels as 300 an inch, fewer where a browser makes no image so large, which is said.
async function savePng() {
  const picture = new Image(), source = URL.createObjectURL(new Blob([asSvg()], { type: "image/svg+xml" }));
  try {
    picture.src = source;
    await picture.decode();
    const points = [picture.width, picture.height].map((x) => (x * 72) / 96);
    const scale = Math.min(DOTS, Math.sqrt(MOST_DOTS / (points[0] * points[1]))), sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = points.map((x) => Math.round(x * scale));
    sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
    const blob = await new Promise((done) => sheet.toBlob(done));
    const name = keepFile(blob, "png"), dpi = Math.round(72 * scale);
    say(() => word("saved-png", { name, wide: sheet.width, tall: sheet.height, dpi }));
  } catch {
    say(() => word("not-saved"));
  } finally {
    URL.revokeObjectURL(source);
  }
}

// ---------------------------------------------------------------- the command that makes this view
const quoted = (text) => (/^[\w:.=/@%+-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);
const named = (n) => !nodes[n].crossing && !data.ids.nodes[n].includes("@");

function command() {
  if (!data.call) return "";
  const words = ["-o", `picture${layer.period}.svg`], unit = rung < 0 ? "" : layer.units[lang][rung][0].split("/")[0];
  if (lang !== "en") words.push("--lang", lang);
  words.push("--layer", layer.key);
  if (unit) words.push("--unit", unit);
  for (const name of hiddenNames().filter((id) => !id.startsWith("*"))) words.push("--without", name);
  if (chosen?.node !== undefined && named(chosen.node)) words.push("--focus", data.ids.nodes[chosen.node]);
  return [data.call, ...words.map(quoted)].join(" ");
}

// Kinds that are hidden whole by their name, other hidden materials one by one.
function hiddenNames() {
  const whole = data.kinds.map((_, k) => k).filter((k) => ofKind(k).length && ofKind(k).every((m) => off.has(m)));
  const lone = [...off].filter((m) => !whole.includes(data.materials[m][1]));
  return [...whole.map((k) => data.ids.kinds[k]), ...lone.map((m) => data.ids.materials[m])];
}

// What the view has and no option of the command says.
function unsaid() {
  const bundle = hiddenNames().some((id) => id.startsWith("*"));
  const followed = chosen && (chosen.node === undefined || !named(chosen.node) || data.call.includes(" --focus "));
  return [bundle && word("unsaid-bundle"), followed && word("unsaid-follow")].filter(Boolean);
}

function showCommand() {
  const text = command();
  byId("command").textContent = text;
  byId("command").hidden = false;
  const told = (done) => say(() => [done ? word("command-copied") : word("command-shown"), ...unsaid()].join(" "));
  return navigator.clipboard.writeText(text).then(() => told(true), () => told(false));
}

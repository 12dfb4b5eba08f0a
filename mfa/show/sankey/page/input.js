// Pointer, keys and controls. Each thing that is finished is counted by done().

const NEAR = 4;                            // points round the pointer that count as under it
const LEGIBLE = 0.7;                       // pixels a point: labels of some 8 pixels

// ---------------------------------------------------------------- size, and the way to a node
// Larger or smaller about a point of the window, which stays where it is.
function rescale(times, x = view.clientWidth / 2, y = view.clientHeight / 2) {
  const before = svg.getBoundingClientRect(), box = view.getBoundingClientRect();
  const [left, top] = [(x + box.left - before.left) / before.width, (y + box.top - before.top) / before.height];
  zoom = Math.min(Math.max(times * before.width / shape[0][0], 0.05), 8);
  resize();
  const after = svg.getBoundingClientRect();
  view.scrollTo(left * after.width - x, top * after.height - y);
}

function fit() {
  zoom = 0;
  resize();
}
const SIZES = { "+": () => rescale(1.4), "=": () => rescale(1.4), "-": () => rescale(1 / 1.4), "0": fit };

const scaleNow = () => svg.getBoundingClientRect().width / shape[0][0];
function centre(n) {
  const [x, y, , tall, left] = layer.shape[1][n], scale = scaleNow();
  view.scrollTo((x + left / 2) * scale - view.clientWidth / 2, (y + tall / 2) * scale - view.clientHeight / 2);
}

function goTo(n) {
  if (scaleNow() < LEGIBLE) zoom = 1;
  resize();
  centre(n);
}

let found = { text: "", at: -1 };
function searchNode() {
  const text = byId("search").value.trim();
  const hits = text ? standing().filter((n) => nodeName(n).toLowerCase().includes(text.toLowerCase())) : [];
  if (!hits.length) return say(() => word("nothing-found", { text }));
  found = { text, at: found.text === text ? (found.at + 1) % hits.length : 0 };
  choose({ node: hits[found.at] });
  goTo(hits[found.at]);
  const counts = { at: found.at + 1, count: hits.length };
  say(() => word("found", counts));
}

// ---------------------------------------------------------------- pointer
const itemOf = (element) => {
  const holder = element?.closest?.("[data-link], [data-node]");
  if (!holder) return null;
  return holder.dataset.node ? { node: Number(holder.dataset.node) } : { link: Number(holder.dataset.link) };
};
const elementOf = ({ node, link }) => (node === undefined ? links[link].path : nodes[node].group);
function under(event) {
  for (const [dx, dy] of [[0, 0], [0, -NEAR], [0, NEAR], [-NEAR, 0], [NEAR, 0]]) {
    const item = itemOf(document.elementFromPoint(event.clientX + dx, event.clientY + dy));
    if (item) return item;
  }
  return null;
}

let pointed = null;                        // what the tip is about
function point(item, x = 0, y = 0) {
  if (item?.node !== pointed?.node || item?.link !== pointed?.link) {
    if (pointed) elementOf(pointed).classList.remove("hot");
    if (item) elementOf(item).classList.add("hot");
    const lines = !item ? [] : item.node === undefined ? linkText(item.link) : nodeText(item.node);
    fill("tip", lines, (holder, line) => add(holder, "p", {}, line));
    tip.hidden = !item;
    pointed = item;
    done();
  }
  const above = y + 18 + tip.offsetHeight > innerHeight;
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${above ? Math.max(4, y - tip.offsetHeight - 10) : y + 16}px`;
}

let held = null;                           // where a drag began, and what was scrolled there
view.addEventListener("pointerdown", (event) => {
  held = { x: event.clientX, y: event.clientY, left: view.scrollLeft, top: view.scrollTop, moved: false };
});
addEventListener("pointermove", (event) => {
  const [dx, dy] = [event.clientX - held?.x, event.clientY - held?.y];
  if (held && Math.hypot(dx, dy) > 5) held.moved = true;
  view.classList.toggle("held", Boolean(held?.moved));
  if (held?.moved) view.scrollTo(held.left - dx, held.top - dy);
  else if (svg.contains(event.target)) point(under(event), event.clientX, event.clientY);
});
addEventListener("pointerup", () => {
  view.classList.remove("held");
  setTimeout(() => { held = null; });      // after the click that ends a drag
});
svg.addEventListener("pointerleave", () => point(null));
svg.addEventListener("click", (event) => {
  if (held?.moved) return;
  const item = under(event);
  if (item) toggle(item);
  else clearChoice();
  done();
});
view.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  const box = view.getBoundingClientRect();
  rescale(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.clientX - box.left, event.clientY - box.top);
  done();
}, { passive: false });

// ---------------------------------------------------------------- keys: the picture is one stop of the tab key
let focused = null, cameFrom = null;       // where the keyboard is, and at which node it was last
const bySize = (list) => list.filter(drawn).sort((a, b) => layer.values[b] - layer.values[a]);
const byColumn = () => standing().sort((a, b) => {
  const [one, two] = [layer.shape[1][a], layer.shape[1][b]];
  return Math.round(one[0] - two[0]) || one[1] - two[1];
});
function across(side, end) {
  if (focused.node === undefined) return { node: links[focused.link][end] };
  const [largest] = bySize(nodes[focused.node][side]);
  return largest === undefined ? null : { link: largest };
}
function beside(by) {
  const isNode = focused.node !== undefined;
  const list = isNode ? byColumn() : bySize(nodes[cameFrom][links[focused.link].source === cameFrom ? "out" : "into"]);
  const next = list[list.indexOf(focused.node ?? focused.link) + by];
  return next === undefined ? null : isNode ? { node: next } : { link: next };
}
const KEYS = {
  ArrowRight: () => across("out", "target"), ArrowLeft: () => across("into", "source"),
  ArrowDown: () => beside(1), ArrowUp: () => beside(-1),
  Home: () => ({ node: byColumn()[0] }), End: () => ({ node: byColumn().at(-1) }),
};

// Only what has the focus can be reached by the tab key; a band is told only while it has it.
function reach(item) {
  if (focused) elementOf(focused).setAttribute("tabindex", -1);
  if (focused?.link !== undefined) elementOf(focused).setAttribute("aria-hidden", "true");
  focused = item;
  if (item.node !== undefined) cameFrom = item.node;
  elementOf(item).setAttribute("tabindex", 0);
  if (item.node !== undefined) return;
  elementOf(item).removeAttribute("aria-hidden");
  elementOf(item).setAttribute("aria-label", linkText(item.link).slice(0, 3).join("; "));
}
svg.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" || event.key === " ") toggle(focused);
  else if (event.key in KEYS) {
    const next = KEYS[event.key]();
    if (next) {
      reach(next);
      elementOf(next).focus();
    }
  } else return;
  event.preventDefault();
  done();
});
svg.addEventListener("focusin", (event) => {
  const item = itemOf(event.target), box = event.target.getBoundingClientRect();
  if (item && event.target.matches(":focus-visible")) point(item, box.left + box.width / 2, box.top + box.height / 2);
});
svg.addEventListener("focusout", () => point(null));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    clearChoice();
    point(null);
  } else if (event.ctrlKey || event.metaKey || event.target.matches("input, select") || !(event.key in SIZES)) return;
  else SIZES[event.key]();
  done();
});

// ---------------------------------------------------------------- controls
const on = (id, kind, act) => byId(id).addEventListener(kind, (event) => { act(event); done(); });
function rewrite() {
  write();
  mark();
  refresh();
}
function changeTo(key, period) {
  if (key !== layer.key) rung = -1;
  const same = layers.filter((each) => each.key === key);
  change(same.find((each) => each.period === period) ?? same[0]);
  if (!stands(focused.node)) reach({ node: byColumn()[0] });
}
on("controls", "submit", (event) => event.preventDefault());
byId("layers").addEventListener("change", (event) => changeTo(event.target.value, layer.period));
byId("year").addEventListener("input", (event) => changeTo(layer.key, periods[Number(event.target.value)]));
on("unit", "change", (event) => { rung = Number(event.target.value); rewrite(); });
on("loops", "change", follow);
byId("search").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  searchNode();
  done();
});
on("closer", "click", () => rescale(1.4));
on("farther", "click", () => rescale(1 / 1.4));
on("fit", "click", fit);
on("languages", "click", (event) => {
  lang = event.target.dataset.lang ?? lang;
  rung = -1;
  rewrite();
});
on("material-search", "input", narrow);
on("material-list", "change", (event) => filter([Number(event.target.value)], !event.target.checked));
const listed = () => [...byId("material-list").children].filter((item) => !item.hidden)
  .map((item) => Number(item.querySelector("input").value));
on("all", "click", () => filter(listed(), false));
on("none", "click", () => filter(listed(), true));
on("legend", "click", (event) => {
  const button = event.target.closest("button");
  if (button) filter(ofKind(Number(button.dataset.kind)), button.getAttribute("aria-pressed") === "true");
});
on("flows", "toggle", () => { writeTable(); refresh(); });
on("columns", "click", (event) => {
  const column = Number(event.target.dataset.column);
  order = { column, down: column === order.column ? !order.down : column === 3 };
  writeTable();
  refresh();
  byId("columns").children[column].firstElementChild.focus();
});
byId("copy").addEventListener("click", copyTable);

on("largest", "click", () => { byAmount = !byAmount; writeMaterials(); refresh(); });
on("save-svg", "click", saveSvg);
byId("save-png").addEventListener("click", () => savePng().finally(done));
byId("show-command").hidden = !data.call;
byId("show-command").addEventListener("click", () => showCommand().finally(done));
addEventListener("resize", resize);
matchMedia("print").addEventListener("change", fitNames);
addEventListener("hashchange", restore);

if (matchMedia("(max-width: 60em)").matches) byId("materials").open = false;
restore();
reach({ node: byColumn()[0] });

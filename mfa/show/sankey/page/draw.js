"use strict";
// What drawing takes, without any state: elements, numbers as text, lines of text, paths with round corners.

const tenths = (list) => list && list.map((value) => value / 10);

// An element of the same kind as its parent (HTML or SVG). Text enters as text, never as markup.
function add(parent, tag, attributes = {}, text = "") {
  const element = document.createElementNS(parent.namespaceURI, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return parent.appendChild(element);
}

// Three significant figures, as in the pictures on paper.
function number(value) {
  if (!value) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent > -5 && exponent < 10) {
    const [whole, part] = String(Number(value.toPrecision(3))).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0") + (part ? `.${part}` : "");
  }
  const raised = [...String(exponent)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
  return `${Number((value / 10 ** exponent).toPrecision(3))}×10${raised.join("")}`;
}

// A name in lines no wider than `room`, broken at spaces and between han, not after a number.
function wrap(text, room, width) {
  const lines = [""];
  for (const piece of text.match(/[（「]?(?:\d+\s+)?(?:[⺀-￯][、。，：）」]?|[^\s⺀-￯]+\s*[）」]?)|\s+/g) ?? []) {
    if (lines.at(-1) && width((lines.at(-1) + piece).trim()) > room) lines.push("");
    lines[lines.length - 1] += piece;
  }
  const [upper, last] = lines.slice(-2).map((line) => line.trim());
  if (/^[⺀-￯]$/.test(last) && /..[⺀-￯]$/.test(upper)) {   // no han character alone
    lines.splice(-2, 2, upper.slice(0, -1), upper.at(-1) + last);
  }
  return lines.map((line) => line.trim());
}

// The start of a path, then for each corner the step to it and how far from it its arc begins.
function corners(steps) {
  const path = [[steps[0], steps[1], 0]];
  for (let i = 2; i < steps.length; i += 3) {
    const [x, y] = path.at(-1);
    path.push([x + steps[i], y + steps[i + 1], steps[i + 2] ?? 0]);
  }
  return path;
}

// The line at `offset` to the right of a path, its corners rounded by arcs.
function lineAlong(path, offset) {
  const ways = path.slice(1).map(([x, y], i) => {
    const length = Math.hypot(x - path[i][0], y - path[i][1]) || 1;
    return [(x - path[i][0]) / length, (y - path[i][1]) / length];
  });
  const at = ([x, y], [dx, dy], ahead) =>
    `${(x + ahead * dx - offset * dy).toFixed(1)} ${(y + ahead * dy + offset * dx).toFixed(1)}`;
  let line = `M${at(path[0], ways[0], 0)}`;
  for (let i = 1; i < path.length - 1; i++) {
    const [before, after] = [ways[i - 1], ways[i]], cut = path[i][2];
    const turn = Math.atan2(before[0] * after[1] - before[1] * after[0], before[0] * after[0] + before[1] * after[1]);
    const bent = Math.tan(Math.abs(turn) / 2), own = cut - offset * Math.sign(turn) * bent;
    const radius = (own / bent).toFixed(1), sweep = turn > 0 ? 1 : 0;
    if (own > 0.05 && radius < 1e5) {
      line += `L${at(path[i], before, -cut)}A${radius} ${radius} 0 0 ${sweep} ${at(path[i], after, cut)}`;
    } else line += `L${at(path[i], before, own - cut)}`;   // no room for an arc inside the bend
  }
  return `${line}L${at(path.at(-1), ways.at(-1), 0)}`;
}

// Part of the way between two nested lists of numbers; what has no counterpart of its length jumps.
function mix(a, b, part) {
  if (typeof a === "number" && typeof b === "number") return a + (b - a) * part;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return b;
  return b.map((value, i) => mix(a[i], value, part));
}

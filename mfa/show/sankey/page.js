"use strict";
(() => {
  const svg = document.querySelector("svg.sankey");
  const tip = document.getElementById("tip");
  const bands = [...svg.querySelectorAll(".band")];
  const nodes = [...svg.querySelectorAll(".node")];
  const keys = [...svg.querySelectorAll(".key")];
  const marks = [...svg.querySelectorAll(".mark")];
  const hidden = new Set();
  let chosen = null;

  // Faces differ from browser to browser: labels keep to their room, their ground to the label.
  function fit(node) {
    const room = Number(node.dataset.room);
    const lines = [...node.querySelectorAll("text")];
    for (const line of lines) {
      if (line.getComputedTextLength() <= room) continue;
      line.setAttribute("textLength", room);
      line.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
    const boxes = lines.map((line) => line.getBBox());
    const left = Math.min(...boxes.map((box) => box.x));
    const right = Math.max(...boxes.map((box) => box.x + box.width));
    const ground = node.querySelector(".ground");
    ground.setAttribute("x", left - 2);
    ground.setAttribute("width", right - left + 4);
  }

  // Labels come from data files: they enter the page as text only.
  function show(text, x, y) {
    tip.textContent = text;
    tip.hidden = false;
    const right = window.innerWidth - tip.offsetWidth - 8;
    const below = y + 16 + tip.offsetHeight < window.innerHeight;
    tip.style.left = `${Math.max(8, Math.min(x + 14, right))}px`;
    tip.style.top = `${below ? y + 16 : y - tip.offsetHeight - 10}px`;
  }

  function hide() {
    tip.hidden = true;
  }

  // All bands that lead to a node or away from it, return flows not followed round.
  function along(node, here, there) {
    const found = new Set();
    const seen = new Set([node]);
    const queue = [node];
    while (queue.length) {
      const at = queue.pop();
      for (const band of bands) {
        if (band.dataset[here] !== at) continue;
        found.add(band);
        const next = band.dataset[there];
        if (!band.dataset.back && !seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    }
    return found;
  }

  function refresh() {
    const kept = chosen === null ? null : new Set([...along(chosen, "s", "t"), ...along(chosen, "t", "s")]);
    const touched = new Set([chosen]);
    for (const band of bands) {
      const faded = hidden.has(band.dataset.kind) || (kept !== null && !kept.has(band));
      band.classList.toggle("faded", faded);
      if (!faded) touched.add(band.dataset.s).add(band.dataset.t);
    }
    for (const mark of marks) mark.classList.toggle("faded", bands[mark.dataset.band].classList.contains("faded"));
    for (const node of nodes) node.classList.toggle("faded", !touched.has(node.dataset.i));
    for (const key of keys) key.classList.toggle("off", hidden.has(key.dataset.kind));
  }

  function act(target) {
    const node = target.closest(".node");
    const key = target.closest(".key");
    if (key) {
      if (!hidden.delete(key.dataset.kind)) hidden.add(key.dataset.kind);
    } else {
      chosen = node && node.dataset.i !== chosen ? node.dataset.i : null;
    }
    refresh();
  }

  document.fonts.ready.then(() => nodes.forEach(fit));
  svg.addEventListener("pointermove", (event) => {
    const item = event.target.closest("[data-tip]");
    if (item) show(item.dataset.tip, event.clientX, event.clientY);
    else hide();
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-tip]");
    if (!item) return;
    const box = item.getBoundingClientRect();
    show(item.dataset.tip, box.left + box.width / 2, box.top + box.height / 2);
  });
  svg.addEventListener("focusout", hide);
  svg.addEventListener("click", (event) => act(event.target));
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      act(event.target);
    } else if (event.key === "Escape") {
      chosen = null;
      hide();
      refresh();
    }
  });
})();

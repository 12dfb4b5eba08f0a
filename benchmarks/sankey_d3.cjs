// Lays out the network on standard input with d3-sankey-diagram; prints the time and the points of each link.
// node sankey_d3.cjs NODE_MODULES REPEATS < network.json
"use strict";
const path = require("path");
const [folder, repeats] = process.argv.slice(2);
const { sankey } = require(path.resolve(folder, "d3-sankey-diagram"));
const network = JSON.parse(require("fs").readFileSync(0, "utf8"));
let best = Infinity;
let graph = null;
for (let i = 0; i < Number(repeats); i += 1) {
  const input = JSON.parse(JSON.stringify(network));
  const start = process.hrtime.bigint();
  graph = sankey().extent([[0, 0], [2000, 1200]])(input);
  best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
}
const lines = graph.links.map((link) => [link.value, link.points.map((point) => [point.x, point.y])]);
process.stdout.write(JSON.stringify({ seconds: best, lines }));

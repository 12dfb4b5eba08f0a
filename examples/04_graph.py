"""The park as a networkx graph: who depends on whom, and a Sankey picture of the flows."""

import tempfile
from pathlib import Path

import networkx as nx

import mfa

scenario = mfa.load("alumina-red-mud")
graph = scenario.graph()
print(f"{graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges")

edge = graph.edges["pool:bauxite", "bayer-digestion"]
print(f"bauxite per liquor: {edge['coefficient']:g} {edge['unit']}")

path = nx.shortest_path(graph, "pool:bauxite", "pool:ceramsite-panel")
print("from ore to wall panel:", " → ".join(path))

mud = nx.descendants(graph, "pool:red-mud")
print("processes that the mud reaches:", sum(graph.nodes[n].get("kind") == "process" for n in mud))

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "sankey.svg"
    scenario.solve().sankey(file)
    print(f"{file.name}: {file.stat().st_size // 1024} KiB")

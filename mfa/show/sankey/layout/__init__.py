"""From flows to the geometry of a Sankey picture: layering, crossings, coordinates, routing, labels."""

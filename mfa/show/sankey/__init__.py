"""The Sankey picture: links to geometry, geometry to paper and page."""

"""From solved arrays to tables and indicators."""

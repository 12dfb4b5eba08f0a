"""Charts for a report or a paper, one module a chart; each draws onto any matplotlib axes."""

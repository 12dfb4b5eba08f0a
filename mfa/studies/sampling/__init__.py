"""Samples of a run: figures drawn, the whole network solved for each draw, statistics of what comes out."""

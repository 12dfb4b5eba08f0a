"""Plans: which figures to choose so that targets hold, at the least cost."""

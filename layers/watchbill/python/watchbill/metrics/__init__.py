"""Custom metrics: what users measure besides runs, kept point by point and summed up in series."""

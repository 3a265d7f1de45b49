"""Experiments: several live versions of an agent side by side, and whether one is better by more than noise."""

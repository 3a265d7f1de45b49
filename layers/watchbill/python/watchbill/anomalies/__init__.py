"""Anomalies: what departs from an agent's own past, judged by thresholds and by a detector that learns each series."""

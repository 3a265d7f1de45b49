"""Telemetry: the spans that instrumented agents send over OTLP, and the runs that they tell of."""

"""How partial settings are laid over each other, key by key. Pure."""

from collections.abc import Mapping
from typing import Any

from watchbill.configuration.models import PRODUCTION, Configuration, Thresholds

Overrides = Mapping[str, Any]
"""Some of a configuration's fields; a mapping inside holds some of that field's."""


def of_stage(stage: str, retention_days: int) -> Configuration:
    """What holds where nobody has set anything."""
    thresholds = PRODUCTION if stage == "production" else Thresholds()
    return Configuration(retention_days=retention_days, anomaly_thresholds=thresholds)


def effective(of_stage: Configuration, *overrides: Overrides) -> Configuration:
    """The stage's configuration with overrides laid over it, the later ones on top."""
    merged: dict[str, Any] = of_stage.model_dump()
    for override in overrides:
        merged = patched(merged, override)
    return Configuration.model_validate(merged)


def patched(there: Overrides, change: Overrides) -> dict[str, Any]:
    """What is there with a change laid over it, key by key; None removes, as in RFC 7396 (JSON Merge Patch)."""
    result = dict(there)
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            inner = patched(result.get(name) or {}, value)
            result = {**result, name: inner} if inner else {k: v for k, v in result.items() if k != name}
        else:
            result[name] = value
    return result

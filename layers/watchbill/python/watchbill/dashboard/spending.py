"""What models cost an agent, by what its newest runs say. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from watchbill.runs.views import Run


@dataclass(slots=True)
class ModelLine:
    """Runs that called the same models; `costed` of them say what they cost."""

    models: tuple[str, ...]
    runs: int = 0
    costed: int = 0
    cost: Decimal = Decimal(0)
    tokens: int = 0


def by_model(runs: Iterable[Run]) -> list[ModelLine]:
    """The runs by the models that they called, the dearest first.

    A run says what it cost, and not which of its models cost how much: what called several has a line of its own.
    """
    lines: dict[tuple[str, ...], ModelLine] = {}
    for run in runs:
        line = lines.setdefault(tuple(sorted(run.models)), ModelLine(tuple(sorted(run.models))))
        line.runs += 1
        line.costed += run.cost is not None
        line.cost += run.cost or 0
        line.tokens += (run.tokens.total or 0) if run.tokens else 0
    return sorted(lines.values(), key=lambda line: (-line.cost, -line.runs, line.models))

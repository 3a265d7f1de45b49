"""What can be set of how runs are kept and watched, whole and as partial overrides."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field

from watchbill.platform.wire import CamelModel

Multiplier = Annotated[float, Field(gt=1, le=1000)]
Share = Annotated[float, Field(gt=0, le=1)]
Points = Annotated[float, Field(gt=0, le=100)]
LeastRuns = Annotated[int, Field(ge=1, le=10_000)]
Days = Annotated[int, Field(ge=1, le=3_650)]
AuditDays = Annotated[int, Field(ge=30, le=3_650)]
Slots = Annotated[int, Field(ge=1, le=1_000)]
ModelName = Annotated[str, Field(min_length=1, max_length=200)]
HourOfDay = Annotated[int, Field(ge=0, le=23)]
MAX_PATTERNS, MAX_PATTERN, MAX_PATTERN_SIZE = 20, 200, 500
"""How many patterns of content an organisation has, of how many characters, and of how many steps once compiled."""


class Thresholds(CamelModel):
    """From where on a departure counts. The defaults are development's and staging's."""

    latency_multiplier: Multiplier = 2.0
    error_rate_threshold: Share = 0.1
    cost_multiplier: Multiplier = 1.5
    quality_drop_threshold: Points = 20.0
    volume_multiplier: Multiplier = 3.0
    minimum_baseline_runs: LeastRuns = 10

    def merged(self, override: Mapping[str, Any]) -> Self:
        """These thresholds with a partial override laid over them, key by key; names in either spelling.

        Raises ValidationError for a name that is none, or a value out of range.
        """
        given = type(self).model_validate(override).model_dump(exclude_unset=True)
        return self.model_copy(update=given)


PRODUCTION = Thresholds(
    latency_multiplier=1.5, error_rate_threshold=0.05, cost_multiplier=1.3, quality_drop_threshold=15.0
)
"""The thresholds of the production stage."""


class ThresholdOverrides(CamelModel):
    """Some thresholds; null takes an override back."""

    latency_multiplier: Multiplier | None = None
    error_rate_threshold: Share | None = None
    cost_multiplier: Multiplier | None = None
    quality_drop_threshold: Points | None = None
    volume_multiplier: Multiplier | None = None
    minimum_baseline_runs: LeastRuns | None = None


class ContentMode(StrEnum):
    """What is done with prompts, answers, arguments and results that agents report, before they are stored."""

    KEEP = "keep"
    MASK = "mask"
    DROP = "drop"


def _pattern(text: str) -> str:
    from watchbill.platform.patterns import Pattern

    pattern = Pattern(text)
    if pattern.is_in(b""):
        raise ValueError("the pattern matches nothing at all, and would be found everywhere")
    if pattern.size > MAX_PATTERN_SIZE:
        raise ValueError("the pattern repeats too much, and would take too long")
    return text


class ContentPattern(CamelModel):
    """What an organisation has masked besides, as a regular expression in RE2's syntax.

    Of one with groups only the group that matched is masked. `[custom NAME]` is written in its place.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    pattern: Annotated[str, Field(min_length=1, max_length=MAX_PATTERN), AfterValidator(_pattern)]


ContentPatterns = Annotated[tuple[ContentPattern, ...], Field(max_length=MAX_PATTERNS)]


class AgentOverrides(CamelModel):
    """What an agent has otherwise than its organisation; null takes an override back."""

    enable_anomaly_detection: bool | None = None
    retention_days: Days | None = None
    anomaly_thresholds: ThresholdOverrides | None = None


class OrganisationOverrides(AgentOverrides):
    """What an organisation has otherwise than its stage; null takes an override back."""

    report_hour: HourOfDay | None = None
    max_concurrent_tasks: Slots | None = None
    content: ContentMode | None = None
    content_patterns: ContentPatterns | None = None
    decision_model: ModelName | None = None
    audit_retention_days: AuditDays | None = None


class Configuration(CamelModel):
    """What holds for an organisation, or for one of its agents.

    Runs are kept for `retention_days` after they happened or arrived. The daily report is made at `report_hour`, in
    the organisation's time zone. At most `max_concurrent_tasks` of its tasks are in flight at a time. `content` of what
    agents report over OTLP is kept, masked (by `content_patterns` too) or dropped. `decision_model` is the language
    model of the stage that is asked what people's messages want; without one nobody is asked, and nothing paid.
    An entry of the audit log is kept for the `audit_retention_days` that hold when it is made.
    """

    enable_anomaly_detection: bool = True
    retention_days: Days
    anomaly_thresholds: Thresholds
    report_hour: HourOfDay = 7
    max_concurrent_tasks: Slots = 3
    content: ContentMode = ContentMode.KEEP
    content_patterns: ContentPatterns = ()
    decision_model: ModelName | None = None
    audit_retention_days: AuditDays = 400


class Configured(Configuration):
    """What holds, and which of it was set for this organisation or agent itself."""

    overrides: OrganisationOverrides

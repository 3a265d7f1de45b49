"""Who plays in the demo: agents, the people they work for, and the models they call; data only."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Model:
    """A language model and what a million of its tokens cost, in USD."""

    name: str
    input_price: Decimal
    output_price: Decimal

    def cost(self, input_tokens: int, output_tokens: int) -> Decimal:
        """What a call costs, in USD, to the millionth."""
        exact = (self.input_price * input_tokens + self.output_price * output_tokens) / 1_000_000
        return exact.quantize(Decimal("0.000001"))


NOVA_LITE = Model("nova-lite", Decimal("0.06"), Decimal("0.24"))
NOVA_PRO = Model("nova-pro", Decimal("0.80"), Decimal("3.20"))
CLAUDE_HAIKU = Model("claude-haiku", Decimal("1.00"), Decimal("5.00"))
CLAUDE_SONNET = Model("claude-sonnet", Decimal("3.00"), Decimal("15.00"))
CLAUDE_OPUS = Model("claude-opus", Decimal("15.00"), Decimal("75.00"))
MODELS = {model.name: model for model in (NOVA_LITE, NOVA_PRO, CLAUDE_HAIKU, CLAUDE_SONNET, CLAUDE_OPUS)}


@dataclass(frozen=True)
class Releases:
    """How an agent's versions follow each other: a new minor version every `period_days`, or never."""

    major: int
    period_days: int | None = None
    offset_days: int = 0


@dataclass(frozen=True)
class Agent:
    """One agent: how often it runs, what for, how long it takes, what it reads and writes, and how it goes wrong.

    `share` is its part of all runs. Agents of the `office` rhythm run when people work and for one of them, those of
    the `clock` rhythm run evenly round the clock and for "system". `typical_ms` and the token counts are medians.
    `counts` names the run's field that holds what it produced, and `produces` is the most of it.
    """

    name: str
    project: str
    type: str
    cluster: str
    rhythm: Literal["office", "clock"]
    trigger: str
    share: float
    releases: Releases
    task_types: tuple[str, ...]
    tools: tuple[str, ...]
    models: tuple[Model, ...]
    typical_ms: int
    timeout_ms: int
    input_tokens: int
    output_tokens: int
    failure_rate: float
    errors: tuple[tuple[str, str], ...]
    judged: float = 0.0
    rated: float = 0.0
    counts: Literal["items_processed", "content_produced", "trends_detected"] | None = None
    produces: int = 0


THROTTLED = ("RateLimitError", "the model's provider answered 429 four times")
UNREACHABLE = ("ConnectionError", "the connection was reset while reading the answer")

AGENTS = (
    Agent(
        name="support-triage",
        project="customer-care",
        type="support",
        cluster="eu-west-1",
        rhythm="office",
        trigger="chat",
        share=0.34,
        releases=Releases(major=2, period_days=15),
        task_types=("classify_ticket", "draft_reply", "find_duplicate"),
        tools=("search_tickets", "search_handbook", "draft_reply"),
        models=(NOVA_LITE, CLAUDE_HAIKU),
        typical_ms=3_200,
        timeout_ms=30_000,
        input_tokens=2_400,
        output_tokens=320,
        failure_rate=0.025,
        errors=(THROTTLED, ("ToolError", "search_tickets: no answer from the ticket system")),
        judged=0.3,
        rated=0.22,
    ),
    Agent(
        name="research-scout",
        project="growth",
        type="research",
        cluster="eu-west-1",
        rhythm="office",
        trigger="manual",
        share=0.12,
        releases=Releases(major=1, period_days=21, offset_days=4),
        task_types=("company_profile", "market_brief", "find_contacts"),
        tools=("web_search", "fetch_page", "summarise"),
        models=(CLAUDE_SONNET, NOVA_PRO),
        typical_ms=74_000,
        timeout_ms=5 * MINUTE_MS,
        input_tokens=31_000,
        output_tokens=2_100,
        failure_rate=0.06,
        errors=(UNREACHABLE, ("ContextLengthExceeded", "the pages together exceed 200 000 tokens"), THROTTLED),
        judged=0.8,
        rated=0.1,
        counts="items_processed",
        produces=24,
    ),
    Agent(
        name="invoice-reader",
        project="finance",
        type="extraction",
        cluster="eu-central-1",
        rhythm="office",
        trigger="api",
        share=0.17,
        releases=Releases(major=3, period_days=28, offset_days=9),
        task_types=("read_invoice", "match_order"),
        tools=("ocr", "lookup_order", "post_entry"),
        models=(NOVA_PRO,),
        typical_ms=8_600,
        timeout_ms=MINUTE_MS,
        input_tokens=5_200,
        output_tokens=640,
        failure_rate=0.04,
        errors=(("ValidationError", "the lines do not add up to the total"), ("ToolError", "ocr: page 1 is blank")),
        judged=0.6,
        counts="items_processed",
        produces=9,
    ),
    Agent(
        name="content-writer",
        project="marketing",
        type="writer",
        cluster="eu-west-1",
        rhythm="office",
        trigger="manual",
        share=0.09,
        releases=Releases(major=1, period_days=18, offset_days=11),
        task_types=("blog_post", "newsletter", "social_post"),
        tools=("search_brand_book", "generate_image"),
        models=(CLAUDE_SONNET,),
        typical_ms=27_000,
        timeout_ms=2 * MINUTE_MS,
        input_tokens=6_800,
        output_tokens=1_900,
        failure_rate=0.02,
        errors=(("ContentFiltered", "the answer was withheld by the model's safety filter"), THROTTLED),
        judged=0.7,
        rated=0.35,
        counts="content_produced",
        produces=4,
    ),
    Agent(
        name="code-reviewer",
        project="engineering",
        type="review",
        cluster="us-east-1",
        rhythm="office",
        trigger="api",
        share=0.13,
        releases=Releases(major=0, period_days=16, offset_days=2),
        task_types=("review_change", "explain_failure"),
        tools=("read_diff", "run_tests", "search_code"),
        models=(CLAUDE_SONNET, CLAUDE_HAIKU),
        typical_ms=41_000,
        timeout_ms=10 * MINUTE_MS,
        input_tokens=18_000,
        output_tokens=1_300,
        failure_rate=0.05,
        errors=(("ToolError", "run_tests: exit code 137"), THROTTLED, UNREACHABLE),
        judged=0.5,
        rated=0.15,
    ),
    Agent(
        name="trend-watcher",
        project="marketing",
        type="monitor",
        cluster="us-east-1",
        rhythm="clock",
        trigger="scheduled",
        share=0.05,
        releases=Releases(major=1),
        task_types=("scan_feeds",),
        tools=("fetch_feed", "cluster_topics"),
        models=(NOVA_LITE,),
        typical_ms=52_000,
        timeout_ms=3 * MINUTE_MS,
        input_tokens=44_000,
        output_tokens=900,
        failure_rate=0.03,
        errors=(UNREACHABLE,),
        counts="trends_detected",
        produces=7,
    ),
    # Slow and steady: a few of its runs are always under way, whenever the demo is written.
    Agent(
        name="catalogue-crawler",
        project="growth",
        type="crawler",
        cluster="us-east-1",
        rhythm="clock",
        trigger="scheduled",
        share=0.10,
        releases=Releases(major=4, period_days=25, offset_days=6),
        task_types=("crawl_shop", "refresh_prices"),
        tools=("fetch_page", "parse_product", "store_product"),
        models=(NOVA_LITE,),
        typical_ms=125 * MINUTE_MS,
        timeout_ms=240 * MINUTE_MS,
        input_tokens=380_000,
        output_tokens=21_000,
        failure_rate=0.05,
        errors=(("BlockedByHost", "the shop answers 403 to every request"), UNREACHABLE),
        judged=0.4,
        counts="items_processed",
        produces=1_800,
    ),
)

# People and how much of the office's work each of them asks for.
PEOPLE = {
    "amara": 9,
    "bjorn": 7,
    "chloe": 6,
    "dmitri": 5,
    "esther": 5,
    "farouk": 3,
    "greta": 2,
    "hiro": 1,
}

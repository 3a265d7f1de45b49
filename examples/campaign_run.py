"""A complete run for a campaign: `python -m examples.campaign_run`, beside `make up`.

An agent writes a post, tells what it does, and fails at another; the campaign has a budget, and gains something.
"""

from datetime import UTC, datetime, timedelta

from rich.console import Console

from examples.beside import at_work
from watchbill_client import CampaignRun, LeasedTask, TaskFailed, TokenUsage, Watchbill, WatchbillError

say = Console(highlight=False, soft_wrap=True).print


def write(task: LeasedTask) -> dict[str, object]:
    """What the agent does: an outline, where there is a topic."""
    topic = task.payload.get("topic")
    if not topic:
        raise TaskFailed("there is nothing to write about", type="NoTopic", retryable=False)
    outline = [f"What {topic} is", f"Why {topic} matters", f"What comes after {topic}"]
    return {
        "output": {"title": str(topic).capitalize(), "outline": outline},
        "metrics": {"content_produced": 1},
        "events": [{"name": "outlined", "data": {"sections": len(outline)}}],
    }


def tell(run: CampaignRun) -> None:
    """Print what came of a run."""
    data = run.data
    brought = data.result.get("title") or (data.error.message if data.error else "")
    say(f"{run.status}: {brought}")
    for metric in data.metrics:
        say(f"  {metric.name:<20} {metric.value:>6f} {metric.unit}")
    for event in data.events:
        say(f"  {event.timestamp:%H:%M:%S} {event.type} {event.name or ''}".rstrip())


def main() -> None:
    """Plan a campaign, have an agent run for it twice, and say what came of it."""
    now = datetime.now(UTC)
    agent = f"author-{now:%H%M%S}"
    with Watchbill() as watchbill:
        watchbill.agents.register(agent, project="examples", type="COPYWRITER")
        watchbill.agents.update(agent, runtime={"kind": "pull"})
        campaign = watchbill.campaigns.create(
            "Launch", type="CONTENT_MARKETING", budget=20, start=now, end=now + timedelta(days=30)
        )
        with at_work(watchbill, agent, write):
            tokens = TokenUsage(input=350, output=2200, model="gpt-4")
            post = {"topic": "how AI is transforming marketing", "contentType": "BLOG_POST"}
            tell(watchbill.campaigns.run(agent, post, campaign=campaign.id, tokens=tokens))
            tell(watchbill.campaigns.run(agent, {"contentType": "BLOG_POST"}, campaign=campaign.id))
        watchbill.metrics.record("revenue", 50, unit="USD", campaign=campaign.id)
        told = watchbill.campaigns.performance(campaign.id)
        while told.completed + told.failed < 2 or told.roi is None:
            # Figures follow runs within seconds.
            told = watchbill.campaigns.performance(campaign.id)
    say(f"{campaign.name}: {told.runs} runs, {told.success_rate:.0%} of them successful, {told.tokens.total} tokens")
    say(f"  {told.cost:f} USD of {told.budget:f} USD spent, {told.revenue:f} USD gained: ROI {told.roi:.0f} %")


if __name__ == "__main__":
    try:
        main()
    except WatchbillError as error:
        raise SystemExit(f"Error: {error}") from error

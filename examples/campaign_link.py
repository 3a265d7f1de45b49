"""That runs find their campaigns: `python -m examples.campaign_link`, beside `make up`; 1 where they do not."""

from datetime import UTC, datetime

from rich.console import Console

from examples.beside import at_work
from watchbill_client import LeasedTask, Watchbill, WatchbillError

say = Console(highlight=False, soft_wrap=True).print


def write(task: LeasedTask) -> dict[str, object]:
    """What the agent does: a headline."""
    return {"output": {"headline": str(task.payload["topic"]).capitalize()}, "metrics": {"content_produced": 1}}


def link(watchbill: Watchbill, agent: str) -> bool:
    """Run an agent for no campaign, again, and for one that it is not linked to; whether each found the right one."""
    topic = {"topic": "how sails work"}
    first, second = (watchbill.campaigns.run(agent, topic).data.campaign_id for _ in range(2))
    own = watchbill.campaigns.get(first)
    say(f"Without a campaign it ran for a new one: {own.name} ({own.status}, {own.campaign_type})")
    say(f"Run again, it ran for {'the same one' if second == first else 'another one'}")
    given = watchbill.campaigns.create("Autumn", type="EMAIL")
    third = watchbill.campaigns.run(agent, topic, campaign=given.id).data.campaign_id
    say(f"With a campaign given, it ran for {'that one' if third == given.id else 'another one'}")
    linked = watchbill.campaigns.of_agent(agent)
    say("It is linked to", " and ".join(campaign.name for campaign in linked))
    return (second, third, {campaign.id for campaign in linked}) == (first, given.id, {first, given.id})


def main() -> None:
    """Register a fresh agent, have it run three times, and say what it ran for."""
    agent = f"linked-{datetime.now(UTC):%H%M%S}"
    with Watchbill() as watchbill:
        watchbill.agents.register(agent, project="examples", type="CONTENT_CREATOR")
        watchbill.agents.update(agent, runtime={"kind": "pull"})
        with at_work(watchbill, agent, write):
            right = link(watchbill, agent)
    say("All as it should be" if right else "Not as it should be")
    raise SystemExit(0 if right else 1)


if __name__ == "__main__":
    try:
        main()
    except WatchbillError as error:
        raise SystemExit(f"Error: {error}") from error

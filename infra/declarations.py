"""What a function can be declared to be: its trigger, and what it may touch."""

from dataclasses import dataclass

from watchbill.platform.events import EventType
from watchbill.platform.keys import Entity
from watchbill.platform.queue import Queue

READ = ("GetItem", "BatchGetItem", "Query")
WRITE = ("PutItem", "UpdateItem", "DeleteItem")
"""What creating needs together with reading: an Idempotency-Key's record is put, completed, and removed on failure."""


@dataclass(frozen=True)
class Api:
    """Triggered by these routes of the HTTP API, each written as `METHOD /path`, or `$default` for any other path.

    `public` says why anybody may reach them, "" where a key is asked for.
    """

    routes: tuple[str, ...]
    public: str = ""


@dataclass(frozen=True)
class Authorizer:
    """Asked by the HTTP API who the caller is."""


@dataclass(frozen=True)
class SocketAuthorizer:
    """Asked by the WebSocket API who opens a socket."""


@dataclass(frozen=True)
class Sockets:
    """Triggered by what sockets of the WebSocket API do: they are opened, say something, are closed."""


@dataclass(frozen=True)
class Direct:
    """Invoked by an operator or the launcher, who need IAM permission for it."""


@dataclass(frozen=True)
class Stream:
    """Triggered by the changes of these kinds of items.

    `window_seconds` above 0 makes a tumbling window, whose events name their shard.
    """

    items: tuple[Entity, ...]
    batch_size: int
    window_seconds: int = 0

    @property
    def sort_keys(self) -> list[str | dict[str, str]]:
        """The patterns of the sort keys of those items, as an event filter writes them."""
        return [each.sk if each.sk == each.prefix() else {"prefix": each.prefix()} for each in self.items]


@dataclass(frozen=True)
class Schedule:
    """Triggered by the clock, as EventBridge writes it: `cron(5 * * * ? *)` in UTC, or `rate(1 hour)`."""

    expression: str


@dataclass(frozen=True)
class Messages:
    """Triggered by the messages of a queue, of which one that has come `max_receives` times is put aside.

    At most `at_once` batches are worked on at a time, if that is limited. Our bus puts its events of the types `events`
    there.
    """

    queue: Queue
    batch_size: int = 10
    max_receives: int = 3
    at_once: int | None = None
    events: tuple[EventType, ...] = ()


@dataclass(frozen=True)
class DeadLetters:
    """Triggered by the messages of a queue that were put aside."""

    queue: Queue


@dataclass(frozen=True)
class Events:
    """Triggered by events of these types on our bus."""

    types: tuple[EventType, ...]


@dataclass(frozen=True)
class Function:
    """One function: `memory` in MiB, `timeout` in seconds, `table` the DynamoDB actions it may do on the table.

    `sends_to` names the queues it may put messages into. `tells_alerts` lets it publish to the topic of alerts,
    `sends_mail` send e-mail from the stage's sender, and `calls_out` says that it calls addresses which users give;
    `checks_targets` that it looks whether such an address could be called or mailed, and does neither.
    `invokes_agents` lets it invoke users' Lambda functions, which are named `watchbill-agent-…`, and `asks_models`
    ask the language models of the stage; `keeps_schedules` names the queue that the entries send to which it
    may write in EventBridge Scheduler.
    `prices_tokens` gives it the list of models' prices, `exposes_metrics` what writes Prometheus' formats.
    `writes_files` lets it write files that users fetch, with what writes them, and `links_files` make links to them.
    `knows_platforms` lets it read what other platforms know this deployment by, and `sealing` is what it
    may do with the key that secrets are encrypted with: with both it asks for tokens of accounts.
    `feeds_calendars` gives it what writes iCalendars.
    `spans` are the actions of S3 it may do on spans that are too large for the table.
    `sends_through_sockets` lets it send through the sockets of the WebSocket API and close them, and
    `tells_sockets_address` says that it tells users where they are opened.
    """

    name: str
    trigger: (
        Api | Authorizer | SocketAuthorizer | Sockets | Direct | Stream | Schedule | Messages | DeadLetters | Events
    )
    table: tuple[str, ...] = ()
    puts_events: bool = False
    sends_to: tuple[Queue, ...] = ()
    tells_alerts: bool = False
    sends_mail: bool = False
    calls_out: bool = False
    checks_targets: bool = False
    invokes_agents: bool = False
    asks_models: bool = False
    keeps_schedules: Queue | None = None
    prices_tokens: bool = False
    exposes_metrics: bool = False
    writes_files: bool = False
    links_files: bool = False
    knows_platforms: bool = False
    sealing: tuple[str, ...] = ()
    feeds_calendars: bool = False
    spans: tuple[str, ...] = ()
    sends_through_sockets: bool = False
    tells_sockets_address: bool = False
    memory: int = 1024
    timeout: int = 10

    @property
    def asks_for_tokens(self) -> bool:
        """Whether it has other platforms give it tokens, and keeps them."""
        return self.knows_platforms and bool(self.sealing)

    @property
    def queues(self) -> tuple[Queue, ...]:
        """The queues it has a part in, as sender or as consumer."""
        own = (self.trigger.queue,) if isinstance(self.trigger, Messages) else ()
        return tuple(dict.fromkeys((*self.sends_to, *own)))

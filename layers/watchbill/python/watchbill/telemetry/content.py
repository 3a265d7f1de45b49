"""What of a span's content is kept, by its organisation's setting: all of it, what is left of it masked, or none. Pure.

What figures are made of stays as it was sent in any case: the names that facts are read from (`names.py`), with values
as short as facts are, and numbers. *Mask* masks all other texts. *Drop* leaves them out, whatever they are called, but
for names of what is known to be no content: one that nobody here has heard of is as likely as not a prompt.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from watchbill.configuration.models import Configuration, ContentMode, ContentPattern
from watchbill.telemetry import names
from watchbill.telemetry.reading import langchain_agent
from watchbill.telemetry.spans import Attributes, Span, SpanEvent, Value

if TYPE_CHECKING:
    from watchbill.telemetry.masking import Masks

_LONGEST_FACT, _MOST_FACTS = 1_000, 100
"""Characters of a text, and items of a list, that are believed to be facts; readers cut at fewer."""

_FACTS = frozenset(
    (
        *names.KINDS,
        *(names.AGENT + names.WORKFLOW + names.ENTITY + names.AGENT_VERSION + names.SERVICE + names.SERVICE_VERSION),
        *(names.SESSION + names.USER + names.TOOL + names.PROVIDER + names.RESPONSE_MODEL + names.REQUEST_MODEL),
        *(names.INPUT_TOKENS + names.OUTPUT_TOKENS + names.TOTAL_TOKENS + names.CACHE_READ + names.CACHE_WRITE),
        *(names.REASONING + names.COST + names.COST_PARTS + names.ERROR_TYPE + names.FINISH_REASONS),
        *(names.FIRST_TOKEN_SECONDS + names.FIRST_TOKEN_MS),
        *(names.RESPONSE_ID + names.GRAPH),
        names.ASSOCIATION + names.LANGCHAIN_AGENT,
        "gen_ai.tool.call.id",
    )
)
_NO_CONTENT = (
    "aws.region",
    "cloud.",
    "container.",
    "deployment.",
    "faas.",
    "gen_ai.evaluation.name",
    "gen_ai.evaluation.score.",
    "gen_ai.output.type",
    "gen_ai.request.",
    "gen_ai.response.",
    "gen_ai.tool.type",
    "gen_ai.usage.",
    "host.",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "k8s.",
    "network.",
    "os.",
    "process.runtime.",
    "rpc.",
    "server.",
    "service.",
    "telemetry.",
    "thread.",
)
"""How names begin of what is known to be no content: of OpenTelemetry's conventions, what processes and calls are."""
_EVENT_NAME = re.compile(r"[\w.:/-]{1,100}")
_UNNAMED_EVENT = "event"
"""What is left of an event whose name is a sentence, as of those that are a line of a log."""


@dataclass(frozen=True, slots=True)
class ContentPolicy:
    """What is done with content: kept, where nothing else is said. `drop` goes before masks."""

    masks: "Masks | None" = None
    drop: bool = False


KEEP = ContentPolicy()


def policy_of(configuration: Configuration) -> ContentPolicy:
    """What an organisation wants done with content."""
    return _policy(configuration.content, configuration.content_patterns)


@lru_cache(maxsize=64)
def _policy(mode: ContentMode, patterns: tuple[ContentPattern, ...]) -> ContentPolicy:
    if mode is not ContentMode.MASK:
        return ContentPolicy(drop=mode is ContentMode.DROP)
    # Some forty patterns are compiled, for those only who have content masked.
    from watchbill.telemetry.masking import Masks

    return ContentPolicy(Masks(patterns))


def governed(span: Span, policy: ContentPolicy) -> Span:
    """A span as it may be stored. Governed once more it is the same."""
    return next(all_governed([span], policy))


def all_governed(spans: Iterable[Span], policy: ContentPolicy) -> Iterator[Span]:
    """Spans as they may be stored; those that share what their process says of itself go on sharing it."""
    processes: dict[int, _Process] = {}
    for span in spans:
        process = processes.get(id(span.resource))
        if process is None:
            # The mapping is kept beside what became of it: its id is its own as long as it is there.
            governed = _attributes(span.resource, policy)
            process = _Process(span.resource, span.resource if governed == span.resource else governed)
            processes[id(span.resource)] = process
        yield _governed(span, process.governed, policy)


def governed_event(event: SpanEvent, policy: ContentPolicy) -> SpanEvent:
    """An event as it may be stored, wherever it came from."""
    if policy.drop:
        name = event.name if _EVENT_NAME.fullmatch(event.name) else _UNNAMED_EVENT
        return replace(event, name=name, attributes=_without_content(event.attributes))
    if policy.masks is None:
        return event
    return replace(event, name=policy.masks.text(event.name), attributes=_masked(event.attributes, policy.masks))


class _Process(NamedTuple):
    sent: Attributes
    governed: Attributes


def _governed(span: Span, resource: Attributes, policy: ContentPolicy) -> Span:
    if not policy.drop and (policy.masks is None or not policy.masks.may_find(_all_texts(span))):
        return span if resource is span.resource else replace(span, resource=resource)
    masks = policy.masks
    return replace(
        span,
        name=masks.text(span.name) if masks else span.name,
        status_message="" if policy.drop or masks is None else masks.text(span.status_message),
        attributes=_attributes(span.attributes, policy),
        events=tuple(governed_event(event, policy) for event in span.events),
        resource=resource,
    )


def _attributes(attributes: Attributes, policy: ContentPolicy) -> Attributes:
    if policy.drop:
        return _without_content(attributes)
    return attributes if policy.masks is None else _masked(attributes, policy.masks)


def _without_content(attributes: Attributes) -> Attributes:
    kept = {name: value for name, value in attributes.items() if _is_figure(value) or _is_no_content(name, value)}
    agent = langchain_agent(attributes.get(names.LANGCHAIN_METADATA))
    if agent is not None:
        kept[names.LANGCHAIN_METADATA] = json.dumps({names.LANGCHAIN_AGENT: agent})
    return kept


def _masked(attributes: Attributes, masks: "Masks") -> Attributes:
    return {
        name: value if _is_figure(value) or _is_fact(name, value) else masks.masked(value, name)
        for name, value in attributes.items()
    }


def _is_figure(value: Value) -> bool:
    return value is None or isinstance(value, bool | int | float)


def _is_fact(name: str, value: Value) -> bool:
    return name in _FACTS and _is_short(value)


def _is_no_content(name: str, value: Value) -> bool:
    return (name in _FACTS or name.startswith(_NO_CONTENT)) and _is_short(value)


def _is_short(value: Value) -> bool:
    if isinstance(value, list):
        return len(value) <= _MOST_FACTS and all(_is_figure(item) or _is_short_text(item) for item in value)
    return _is_short_text(value)


def _is_short_text(value: Value) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_FACT


def _all_texts(span: Span) -> str:
    """Everything of a span that is to be masked, one behind the other, with the names that say what it is."""
    texts = [span.name, span.status_message, *(event.name for event in span.events)]
    for attributes in (span.attributes, *(event.attributes for event in span.events)):
        for name, value in attributes.items():
            if not (_is_figure(value) or _is_fact(name, value)):
                texts += [f'{name}":{value}'] if isinstance(value, str) else _texts_in(value, name)
    return "\n".join(texts)


def _texts_in(value: Value, name: str) -> Iterator[str]:
    if isinstance(value, str):
        yield f'{name}":{value}'
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item, name)
    elif isinstance(value, dict):
        for key, held in value.items():
            yield key
            yield from _texts_in(held, key)

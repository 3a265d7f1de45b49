"""What a call of a language model costs: by the organisation's own price, or by the public list's of that time."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from watchbill.runs.models import Tokens
from watchbill.telemetry import pricelist
from watchbill.telemetry.costs import Entry, Priced, Rates, Source, Spent, Unknown, money, parts_of, spent
from watchbill.telemetry.facts import SpanFacts
from watchbill.telemetry.modelnames import Reference, reference
from watchbill.telemetry.overrides import Override, in_force
from watchbill.telemetry.pricelist import Listed


def price(
    tokens: Spent | Unknown,
    model: str | None,
    at: datetime,
    *,
    provider: str | None = None,
    batch: bool = False,
    overrides: Sequence[Override] = (),
) -> Priced:
    """What a call costs that began `at` a time. `provider` in any spelling; `batch` only where the sender says so."""
    if isinstance(tokens, Unknown):
        return Priced.unpriced(tokens, model or "")
    if model is None or not model.strip():
        return Priced.unpriced(Unknown.NO_MODEL)
    meant = reference(model, provider)
    listed = _found(meant)
    who = listed.provider.id if listed else meant.provider
    if own := in_force(overrides, meant.names, who, at):
        return _by_override(own, tokens, meant, batch)
    if listed is None:
        return _unlisted(meant)
    return _by_list(listed, tokens, meant, at, batch)


def price_of_span(told: SpanFacts, at: datetime, overrides: Sequence[Override] = ()) -> Priced:
    """What the call costs that a span tells of, which began `at` a time."""
    used = told.usage
    tokens = spent(used.input, used.output, used.cache_read, used.cache_write, used.reasoning)
    return price(tokens, told.model, at, provider=told.provider, overrides=overrides)


def cost_of(tokens: Tokens, model: str, at: datetime, overrides: Sequence[Override] = ()) -> Decimal | None:
    """What tokens of a run cost in US dollars, asked of one model; None where that is not known."""
    counted = spent(tokens.input, tokens.output, tokens.cache_read, tokens.cache_write, tokens.reasoning)
    cost = price(counted, model, at, overrides=overrides).cost
    return None if cost is None else money(cost)


def _found(meant: Reference) -> Listed | None:
    """Where the list has the model. What an opaque ARN names may look like one, but is not billed as one."""
    places = () if meant.opaque else meant.places
    return next((listed for place in places if (listed := pricelist.find(place))), None)


def _unlisted(meant: Reference) -> Priced:
    if meant.opaque:
        return Priced.unpriced(Unknown.PROFILE, meant.said)
    if meant.provider is not None and not pricelist.knows(meant.provider):
        return Priced.unpriced(Unknown.PROVIDER, meant.provider)
    return Priced.unpriced(Unknown.MODEL, meant.said)


def _by_override(own: Override, tokens: Spent, meant: Reference, batch: bool) -> Priced:
    above = own.tier_of(tokens.context)
    entry = Entry(Source.OVERRIDE, own.provider, own.model, own.since, above, batch, region=meant.region)
    return _priced(tokens, own.rates(tokens.context, batch), entry, meant.said)


def _by_list(listed: Listed, tokens: Spent, meant: Reference, at: datetime, batch: bool) -> Priced:
    quote = listed.quote(at, tokens.context, batch)
    if quote is None:
        return Priced.unpriced(Unknown.BATCH, meant.said)
    provider, model = listed.provider.id, listed.model.id
    entry = Entry(Source.LIST, provider, model, quote.since, quote.above, batch, pricelist.VERSION, meant.region)
    return _priced(tokens, quote.rates, entry, meant.said)


def _priced(tokens: Spent, rates: Rates, entry: Entry, said: str) -> Priced:
    parts = parts_of(tokens, rates)
    return Priced.unpriced(Unknown.UNIT, said) if parts is None else Priced(parts, entry)

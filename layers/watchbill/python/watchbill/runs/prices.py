"""What tokens cost: by the price list that genai-prices keeps, as it was at the time they were spent."""

from datetime import datetime
from decimal import Decimal

from genai_prices import Usage, calc_price

from watchbill.runs.models import Tokens

_BEDROCK = "aws"
_STEP = Decimal("1e-10")


def cost_of(tokens: Tokens, model: str, at: datetime) -> Decimal | None:
    """What tokens of a model cost in USD; None for a model that the list does not know. Source: genai-prices.

    `model` is a name as its provider has it, or an id of Amazon Bedrock. Cached and reasoning tokens are parts of the
    input and the output, as a run's tokens are.
    """
    usage = Usage(
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write,
    )
    for provider in (None, _BEDROCK):
        try:
            price = calc_price(usage, model_ref=model, provider_id=provider, genai_request_timestamp=at)
        except LookupError:
            continue
        return price.total_price.quantize(_STEP)
    return None

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "strands-agents[openai,otel]==1.62.0",
# ]
# ///
"""Strands agents on Amazon Bedrock and OpenAI, with Strands' own telemetry."""

import contextlib

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from strands import Agent, ModelRetryStrategy, tool
from strands.models import BedrockModel
from strands.models.openai import OpenAIModel
from strands.telemetry import StrandsTelemetry
from strands.types.exceptions import ModelThrottledException

provider = TracerProvider()
trace.set_tracer_provider(provider)
StrandsTelemetry(tracer_provider=provider).setup_otlp_exporter()


@tool
def get_weather(city: str) -> str:
    """Tell the weather."""
    return f"Sunny in {city}"


agent = Agent(
    name="meteorologist",
    model="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    tools=[get_weather],
    trace_attributes={"session.id": "asked", "user.id": "ann"},
)
agent("What is the weather in Paris?")
# What Strands says of an agent adds up over the agent's life.
agent("What is the weather in Paris?")

QUESTION = "What is the weather in Paris?"
SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"


@tool
def read_barometer() -> str:
    """Read the barometer."""
    raise RuntimeError("the needle is stuck")


@tool
def ask_forecaster(question: str) -> str:
    """Ask somebody else."""
    forecaster = Agent(
        name="forecaster", model=BedrockModel(model_id=HAIKU), tools=[get_weather], callback_handler=None
    )
    return str(forecaster(question))


def meteorologist(session, model=None):
    return Agent(
        name="meteorologist",
        model=model or BedrockModel(model_id=SONNET),
        tools=[get_weather, read_barometer, ask_forecaster],
        trace_attributes={"session.id": session, "user.id": "ann"},
        retry_strategy=ModelRetryStrategy(max_attempts=1),
        callback_handler=None,
    )


meteorologist("at-once", BedrockModel(model_id=SONNET, streaming=False))(QUESTION)
meteorologist("broken")("Is the barometer well?")
meteorologist("delegated")("Where is it sunny?")
meteorologist("openai", OpenAIModel(model_id="gpt-4.1"))(QUESTION)
with contextlib.suppress(ModelThrottledException):
    meteorologist("refused", OpenAIModel(model_id="gpt-4.1"))("Too much to ask?")
provider.shutdown()

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "opentelemetry-exporter-otlp-proto-http==1.45.2",
#     "opentelemetry-sdk==1.45.2",
#     "pydantic-ai-slim[anthropic,bedrock,openai]==2.68.0",
# ]
# ///
"""Agents of pydantic-ai: its own instrumentation, in each version of its conventions."""

import asyncio
import contextlib
import warnings

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic_ai import Agent, InstrumentationSettings, ModelRetry, RunContext
from pydantic_ai.exceptions import ModelHTTPError

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
Agent.instrument_all()

agent = Agent("openai-chat:gpt-4.1", name="meteorologist")


@agent.tool_plain
def get_weather(city: str) -> str:
    return f"Sunny in {city}"


agent.run_sync("What is the weather in Paris?", conversation_id="asked")

QUESTION = "What is the weather in Paris?"
CLAUDE, ON_BEDROCK = "anthropic:claude-sonnet-5", "bedrock:us.anthropic.claude-sonnet-4-5-20250929-v1:0"
forecaster = Agent("openai-chat:gpt-4.1-mini", name="forecaster", tools=[get_weather])


@agent.tool_plain
def read_barometer() -> str:
    raise ModelRetry("the needle is stuck")


@agent.tool
async def ask_forecaster(context: RunContext, question: str) -> str:
    return (await forecaster.run(question, conversation_id=context.conversation_id)).output


async def stream(session, model=None):
    async with agent.run_stream(QUESTION, model=model, conversation_id=session) as streamed:
        async for _ in streamed.stream_text():
            pass


async def main():
    await stream("streamed")
    await agent.run("Is the barometer well?", conversation_id="broken")
    await agent.run("Where is it sunny?", conversation_id="delegated")
    with contextlib.suppress(ModelHTTPError):
        await agent.run("Too much to ask?", conversation_id="refused")
    await agent.run(QUESTION, model="openai-responses:gpt-5", conversation_id="responses")
    await agent.run(QUESTION, model=CLAUDE, conversation_id="anthropic")
    await stream("anthropic-streamed", CLAUDE)
    await agent.run(QUESTION, model=ON_BEDROCK, conversation_id="bedrock")
    await stream("bedrock-streamed", ON_BEDROCK)
    for version in (2, 3, 4, 6):
        with warnings.catch_warnings(action="ignore"):
            Agent.instrument_all(InstrumentationSettings(version=version))
        await agent.run(QUESTION, conversation_id=f"version-{version}")


asyncio.run(main())
provider.shutdown()

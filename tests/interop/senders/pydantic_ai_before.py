# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "opentelemetry-exporter-otlp-proto-http==1.45.2",
#     "opentelemetry-sdk==1.45.2",
#     "pydantic-ai-slim[openai]==1.107.10",
# ]
# ///
"""pydantic-ai before its second version: the first version of its conventions, now gone, and two that stayed."""

import contextlib
import warnings

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic_ai import Agent, InstrumentationSettings
from pydantic_ai.exceptions import ModelHTTPError

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)

agent = Agent("openai-chat:gpt-4.1", name="meteorologist")


@agent.tool_plain
def get_weather(city: str) -> str:
    return f"Sunny in {city}"


for version in (1, 2, 5):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Agent.instrument_all(InstrumentationSettings(version=version))
    agent.run_sync("What is the weather in Paris?", conversation_id=f"version-{version}")
with contextlib.suppress(ModelHTTPError):
    agent.run_sync("Too much to ask?", conversation_id="refused")
provider.shutdown()

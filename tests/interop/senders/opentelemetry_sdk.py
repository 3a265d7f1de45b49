# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "openai==3.51.0",
#     "opentelemetry-exporter-otlp-json-http==0.66b1",
#     "opentelemetry-exporter-otlp-proto-http==1.45.1",
#     "opentelemetry-instrumentation-genai-openai==1.3b0",
# ]
# ///
"""OpenTelemetry's own instrumentation of the OpenAI library; told `json`, over its exporter for JSON."""

import sys

import openai
from opentelemetry import trace
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.util.genai.handler import get_telemetry_handler
from station import QUESTION, STREAMED, converse, get_weather, read_barometer, refused

if "json" in sys.argv:
    from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()
telemetry = get_telemetry_handler()

with telemetry.invoke_local_agent(agent_name="greeter", conversation_id="greeted"):
    client = openai.OpenAI()
    client.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": "Are you there?"}])
    with telemetry.tool("get_weather"):
        get_weather("Paris")


def used(name, call):
    """A tool whose calls are told."""

    def tool(**arguments):
        with telemetry.tool(name):
            return call(**arguments)

    return tool


def ask(agent, question, session=None, **options):
    with telemetry.invoke_local_agent(request_model="gpt-4.1", agent_name=agent, conversation_id=session):
        return converse(question, TOOLS, **options)


TOOLS = {
    "get_weather": used("get_weather", get_weather),
    "read_barometer": used("read_barometer", read_barometer),
    "ask_forecaster": used("ask_forecaster", lambda question: ask("forecaster", question)),
}

ask("meteorologist", QUESTION, "asked")
ask("meteorologist", QUESTION, "streamed", **STREAMED)
ask("meteorologist", "Is the barometer well?", "broken")
ask("meteorologist", "Where is it sunny?", "delegated")
refused(lambda question: ask("meteorologist", question, "refused"))
# Without an agent: the process is what is known.
converse("Are you there?", {})
provider.shutdown()

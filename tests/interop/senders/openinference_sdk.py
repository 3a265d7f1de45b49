# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "anthropic==2.10.0",
#     "boto3==1.44.5",
#     "langchain==1.4.7",
#     "langchain-openai==1.7.3",
#     "langgraph==1.2.22",
#     "openai==3.54.0",
#     "openinference-instrumentation==0.1.72",
#     "openinference-instrumentation-anthropic==3.1.0",
#     "openinference-instrumentation-bedrock==0.1.61",
#     "openinference-instrumentation-langchain==0.1.80",
#     "openinference-instrumentation-openai==0.1.66",
#     "opentelemetry-exporter-otlp-proto-http==1.45.2",
#     "opentelemetry-sdk==1.45.2",
# ]
# ///
"""OpenInference's instrumentations of OpenAI, Anthropic, Bedrock, LangChain and LangGraph."""

import graphs
import greetings
import openai
import station
from langchain.agents import create_agent
from openinference.instrumentation import OITracer, TraceConfig, using_attributes
from openinference.instrumentation.anthropic import AnthropicInstrumentor
from openinference.instrumentation.bedrock import BedrockInstrumentor
from openinference.instrumentation.langchain import LangChainInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from station import QUESTION, STREAMED, converse, refused

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()
AnthropicInstrumentor().instrument()
BedrockInstrumentor().instrument()
tracer = OITracer(trace.get_tracer("weather-station"), config=TraceConfig())


@tracer.tool(name="get_weather")
def get_weather(city):
    return f"Sunny in {city}"


@tracer.agent(name="greeter")
def greet():
    client = openai.OpenAI()
    client.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": "Are you there?"}])
    get_weather("Paris")


with using_attributes(session_id="greeted", user_id="ann"):
    greet()


@tracer.tool(name="read_barometer")
def read_barometer():
    return station.read_barometer()


@tracer.tool(name="ask_forecaster")
def ask_forecaster(question):
    return forecaster(question)


TOOLS = {"get_weather": get_weather, "read_barometer": read_barometer, "ask_forecaster": ask_forecaster}


@tracer.agent(name="forecaster")
def forecaster(question):
    return converse(question, TOOLS)


@tracer.agent(name="meteorologist")
def meteorologist(question, **options):
    return converse(question, TOOLS, **options)


@tracer.chain(name="weather-report")
def report(question):
    return converse(question, TOOLS)


def of(session):
    return using_attributes(session_id=session, user_id="ann")


with of("asked"):
    meteorologist(QUESTION)
with of("streamed"):
    meteorologist(QUESTION, **STREAMED)
with of("broken"):
    meteorologist("Is the barometer well?")
with of("delegated"):
    meteorologist("Where is it sunny?")
with of("refused"):
    refused(meteorologist)
with of("workflow"):
    report(QUESTION)
with of("anthropic"):
    greetings.anthropic_messages()
with of("anthropic-streamed"):
    greetings.anthropic_stream()
with of("bedrock"):
    greetings.bedrock_converse()
with of("responses"):
    greetings.openai_responses()

# What LangChain's instrumentation tells, OpenAI's would tell again in traces of its own.
OpenAIInstrumentor().uninstrument()
LangChainInstrumentor().instrument()

tools = [graphs.get_weather]
agent = create_agent("openai:gpt-4.1", tools=tools, name="meteorologist")
with using_attributes(session_id="langchain", user_id="ann"):
    agent.invoke({"messages": [("user", "What is the weather in Paris?")]})
with of("langchain-streamed"):
    graphs.streaming_meteorologist(QUESTION)
with of("langchain-delegated"):
    graphs.meteorologist("Where is it sunny?")
with of("langchain-refused"):
    refused(graphs.meteorologist)
with of("langgraph"):
    graphs.greeter()
provider.shutdown()

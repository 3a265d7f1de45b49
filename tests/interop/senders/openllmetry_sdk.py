# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "anthropic==2.10.0",
#     "boto3==1.44.5",
#     "langchain==1.4.7",
#     "langchain-openai==1.7.3",
#     "langgraph==1.2.22",
#     "openai==3.54.0",
#     "traceloop-sdk==0.62.4",
# ]
# ///
"""OpenLLMetry: Traceloop's SDK over OpenAI, Anthropic, Bedrock, LangChain and LangGraph."""

import graphs
import greetings
import openai
import station
from station import QUESTION, STREAMED, converse, refused
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, tool, workflow

Traceloop.init(app_name="weather-station", resource_attributes={"service.version": "1.4.2"}, telemetry_enabled=False)


@tool(name="get_weather")
def get_weather(city):
    return f"Sunny in {city}"


@agent(name="greeter")
def greet():
    client = openai.OpenAI()
    client.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": "Are you there?"}])
    get_weather("Paris")


Traceloop.set_association_properties({"session_id": "greeted", "user_id": "ann"})
greet()


@tool(name="read_barometer")
def read_barometer():
    return station.read_barometer()


@tool(name="ask_forecaster")
def ask_forecaster(question):
    return forecaster(question)


TOOLS = {"get_weather": get_weather, "read_barometer": read_barometer, "ask_forecaster": ask_forecaster}


@agent(name="forecaster")
def forecaster(question):
    return converse(question, TOOLS)


@agent(name="meteorologist")
def meteorologist(question, **options):
    return converse(question, TOOLS, **options)


@workflow(name="weather-report")
def report(question):
    return converse(question, TOOLS)


@agent(name="greeter")
def greet_with(ask):
    ask()


def of(session):
    Traceloop.set_association_properties({"session_id": session, "user_id": "ann"})


of("asked")
meteorologist(QUESTION)
of("streamed")
meteorologist(QUESTION, **STREAMED)
of("broken")
meteorologist("Is the barometer well?")
of("delegated")
meteorologist("Where is it sunny?")
of("refused")
refused(meteorologist)
of("workflow")
report(QUESTION)
of("anthropic")
greet_with(greetings.anthropic_messages)
of("anthropic-streamed")
greet_with(greetings.anthropic_stream)
of("bedrock")
greet_with(greetings.bedrock_converse)
of("responses")
greet_with(greetings.openai_responses)
of("langchain")
graphs.meteorologist(QUESTION)
of("langchain-streamed")
graphs.streaming_meteorologist(QUESTION)
of("langchain-delegated")
graphs.meteorologist("Where is it sunny?")
of("langchain-refused")
refused(graphs.meteorologist)
of("langgraph")
graphs.greeter()

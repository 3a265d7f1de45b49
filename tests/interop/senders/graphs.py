"""Agents of LangChain and a graph of LangGraph."""

from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, MessagesState, StateGraph


@tool
def get_weather(city: str) -> str:
    """Tell the weather."""
    return f"Sunny in {city}"


@tool
def read_barometer() -> str:
    """Read the barometer."""
    raise RuntimeError("the needle is stuck")


@tool
def ask_forecaster(question: str) -> str:
    """Ask somebody else."""
    forecaster = create_agent(ChatOpenAI(model="gpt-4.1-mini"), tools=[get_weather], name="forecaster")
    return said(forecaster, question)


def said(agent, question):
    """What an agent says in the end."""
    return agent.invoke({"messages": [("user", question)]})["messages"][-1].content


def meteorologist(question):
    tools = [get_weather, read_barometer, ask_forecaster]
    return said(create_agent(ChatOpenAI(model="gpt-4.1"), tools=tools, name="meteorologist"), question)


def streaming_meteorologist(question):
    agent = create_agent(ChatOpenAI(model="gpt-4.1", stream_usage=True), tools=[get_weather], name="meteorologist")
    for _ in agent.stream({"messages": [("user", question)]}, stream_mode="messages"):
        pass


def greeter():
    model = ChatOpenAI(model="gpt-4.1")
    graph = StateGraph(MessagesState)
    graph.add_node("answer", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_edge(START, "answer")
    graph.add_edge("answer", END)
    return said(graph.compile(name="greeter"), "Are you there?")

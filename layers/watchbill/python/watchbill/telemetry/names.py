"""What senders call the facts of a span: every name that is read, in the order in which they are believed.

The first names are those of OpenTelemetry's GenAI conventions (open-telemetry/semantic-conventions-genai), behind them
what they were called before, then the other conventions: OpenInference (`openinference.semconv.trace`), OpenLLMetry
(`opentelemetry.semconv_ai`), pydantic-ai (`pydantic_ai.usage`), Strands (`strands.telemetry.tracer`), the AI SDK of
Vercel (`ai.*`), Sentry, Langfuse, and Claude Code, whose names have no prefix.
"""

from collections.abc import Mapping

from watchbill.telemetry.facts import Kind

OPENINFERENCE = "openinference.span.kind"
ROOT_IS_WORKFLOW = (OPENINFERENCE, "chain")
"""What stands for a workflow where it is the root of a trace, and for a step of one elsewhere."""
KINDS: Mapping[str, Mapping[str, Kind]] = {
    "gen_ai.operation.name": {
        "invoke_agent": Kind.AGENT,
        "invoke_workflow": Kind.WORKFLOW,
        "chat": Kind.MODEL,
        "text_completion": Kind.MODEL,
        "generate_content": Kind.MODEL,
        "embeddings": Kind.MODEL,
        "image_generation": Kind.MODEL,
        "llm_request": Kind.MODEL,
        "execute_tool": Kind.TOOL,
        "create_agent": Kind.OTHER,
        "execute_task": Kind.OTHER,
        "retrieval": Kind.OTHER,
        "vector_db_retrieve": Kind.OTHER,
        "execute_event_loop_cycle": Kind.OTHER,
        "fetch_response": Kind.OTHER,
    },
    OPENINFERENCE: {
        "agent": Kind.AGENT,
        "chain": Kind.OTHER,
        "llm": Kind.MODEL,
        "embedding": Kind.MODEL,
        "tool": Kind.TOOL,
        "retriever": Kind.OTHER,
        "reranker": Kind.OTHER,
        "guardrail": Kind.OTHER,
        "evaluator": Kind.OTHER,
        "prompt": Kind.OTHER,
        "decision": Kind.OTHER,
    },
    "traceloop.span.kind": {
        "agent": Kind.AGENT,
        "workflow": Kind.WORKFLOW,
        "tool": Kind.TOOL,
        "task": Kind.OTHER,
    },
    "llm.request.type": {
        "chat": Kind.MODEL,
        "completion": Kind.MODEL,
        "embedding": Kind.MODEL,
        "rerank": Kind.OTHER,
    },
    # The outer spans of the AI SDK repeat the usage of the inner ones.
    "ai.operationId": {
        "ai.generatetext.dogenerate": Kind.MODEL,
        "ai.streamtext.dostream": Kind.MODEL,
        "ai.generateobject.dogenerate": Kind.MODEL,
        "ai.streamobject.dostream": Kind.MODEL,
        "ai.embed.doembed": Kind.MODEL,
        "ai.embedmany.doembed": Kind.MODEL,
        "ai.toolcall": Kind.TOOL,
        "ai.generatetext": Kind.OTHER,
        "ai.streamtext": Kind.OTHER,
        "ai.generateobject": Kind.OTHER,
        "ai.streamobject": Kind.OTHER,
        "ai.embed": Kind.OTHER,
        "ai.embedmany": Kind.OTHER,
    },
    "span.type": {
        "interaction": Kind.AGENT,
        "llm_request": Kind.MODEL,
        "tool": Kind.TOOL,
        "tool.execution": Kind.OTHER,
        "tool.blocked_on_user": Kind.OTHER,
    },
}
"""By which attribute, in this order, and by which of its values, in lower case, it is known what a span is of."""

LANGCHAIN_AGENT = "lc_agent_name"
"""Whose step a span is, as LangChain tells its callbacks. What bears that very name is the agent's own run."""
LANGCHAIN_METADATA = "metadata"
"""Where OpenInference has LangChain's metadata, as JSON; OpenLLMetry has each of them as an association property."""
ASSOCIATION = "traceloop.association.properties."
GRAPH = ("gen_ai.workflow.nodes", "traceloop.span.kind")
"""OpenLLMetry tells the run of a LangGraph twice, by two spans of the agent, one inside the other: the outer has the
first of these attributes, and the inner, below which all happens, the second."""

AGENT = ("gen_ai.agent.name", "gen_ai.agent.id", "agent.name", "agent_name", "gen_ai.workflow.name")
WORKFLOW = ("traceloop.workflow.name", "ai.telemetry.functionId")
"""What a workflow that names no agent is known by; its model calls say it too."""
ENTITY = ("traceloop.entity.name",)
"""The name of whatever the span is of: an agent, a tool."""
AGENT_VERSION = ("gen_ai.agent.version", "traceloop.entity.version")
SERVICE = ("service.name",)
SERVICE_VERSION = ("service.version",)
SESSION = (
    "gen_ai.conversation.id",
    "session.id",
    "gen_ai.session.id",
    "traceloop.association.properties.session_id",
    "langfuse.session.id",
    "ai.telemetry.metadata.sessionId",
)
USER = (
    "user.id",
    "enduser.id",
    "gen_ai.user",
    "llm.user",
    "traceloop.association.properties.user_id",
    "langfuse.user.id",
    "ai.telemetry.metadata.userId",
)
TOOL = ("gen_ai.tool.name", "tool.name", "ai.toolCall.name", "tool_name")
PROVIDER = ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ai.model.provider")
FRAMEWORKS = frozenset({"langchain", "langgraph", "strands-agents"})
"""What some senders give as the provider, though it is not whom the model was asked from."""
RESPONSE_MODEL = ("gen_ai.response.model", "llm.response.model_name", "llm.response.model", "ai.response.model")
REQUEST_MODEL = (
    "gen_ai.request.model",
    "llm.request.model_name",
    "llm.request.model",
    "llm.model_name",
    "embedding.model_name",
    "ai.model.id",
    "model_name",
    "model",
)
INPUT_TOKENS = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
    "llm.usage.prompt_tokens",
    "ai.usage.inputTokens",
    "ai.usage.promptTokens",
    "gen_ai.aggregated_usage.input_tokens",
    "input_tokens",
)
OUTPUT_TOKENS = (
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
    "llm.usage.completion_tokens",
    "ai.usage.outputTokens",
    "ai.usage.completionTokens",
    "gen_ai.aggregated_usage.output_tokens",
    "output_tokens",
)
TOTAL_TOKENS = (
    "gen_ai.usage.total_tokens",
    "llm.token_count.total",
    "llm.usage.total_tokens",
    "ai.usage.totalTokens",
)
CACHE_READ = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.cache_read_tokens",
    "gen_ai.usage.details.cache_read_tokens",
    "gen_ai.usage.details.cache_read_input_tokens",
    "gen_ai.usage.input_tokens.cached",
    "llm.token_count.prompt_details.cache_read",
    "llm.token_count.prompt_details.cache_input",
    "llm.usage.cache_read_input_tokens",
    "ai.usage.cachedInputTokens",
    "gen_ai.aggregated_usage.cache_read.input_tokens",
    "cache_read_input_tokens",
    "cache_read_tokens",
)
CACHE_WRITE = (
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.cache_write_input_tokens",
    "gen_ai.usage.cache_write_tokens",
    "gen_ai.usage.cache_creation_tokens",
    "gen_ai.usage.details.cache_write_tokens",
    "gen_ai.usage.details.cache_creation_input_tokens",
    "gen_ai.usage.input_tokens.cache_write",
    "llm.token_count.prompt_details.cache_write",
    "llm.usage.cache_creation_input_tokens",
    "gen_ai.aggregated_usage.cache_creation.input_tokens",
    "cache_creation_input_tokens",
    "cache_creation_tokens",
    "cache_write_input_tokens",
    "cache_write_tokens",
)
RESPONSE_ID = ("gen_ai.response.id", "llm.response.id", "ai.response.id")
REASONING = (
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "gen_ai.usage.reasoning_output_tokens",
    "gen_ai.usage.details.reasoning_tokens",
    "gen_ai.usage.output_tokens.reasoning",
    "llm.token_count.completion_details.reasoning",
    "llm.usage.reasoning_tokens",
    "ai.usage.reasoningTokens",
    "gen_ai.aggregated_usage.details.reasoning_tokens",
)
COST = ("llm.cost.total", "operation.cost", "gen_ai.usage.cost", "gen_ai.usage.total_cost")
COST_PARTS = ("llm.cost.prompt", "llm.cost.completion")
ERROR_TYPE = ("error.type", "exception.type")
ERROR_MESSAGE = ("error.message", "exception.message")
FINISH_REASONS = (
    "gen_ai.response.finish_reasons",
    "gen_ai.response.finish_reason",
    "llm.finish_reason",
    "llm.response.finish_reason",
    "ai.response.finishReason",
    "stop_reason",
)
INPUT = (
    "gen_ai.input.messages",
    "gen_ai.tool.call.arguments",
    "tool_arguments",
    "input.value",
    "traceloop.entity.input",
    "ai.prompt",
    "ai.prompt.messages",
    "gen_ai.prompt",
    "pydantic_ai.all_messages",
    "all_messages_events",
)
OUTPUT = (
    "gen_ai.output.messages",
    "gen_ai.tool.call.result",
    "tool_response",
    "output.value",
    "traceloop.entity.output",
    "final_result",
    "ai.response.text",
    "ai.response.object",
    "gen_ai.completion",
)
_DETAILS = "gen_ai.client.inference.operation.details"
INPUT_EVENTS = {
    "gen_ai.user.message": "content",
    "gen_ai.tool.message": "content",
    _DETAILS: "gen_ai.input.messages",
}
OUTPUT_EVENTS = {"gen_ai.choice": "message", _DETAILS: "gen_ai.output.messages"}
"""Where the content is that a sender has in events, as Strands does: the event's name and its attribute."""
FIRST_TOKEN_SECONDS = (
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.client.operation.time_to_first_chunk",
    "gen_ai.server.time_to_first_token",
)
FIRST_TOKEN_MS = ("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk", "ttft_ms")

"""Which model a sender means: its provider's name and its model's, in all the ways that senders write them."""

import re
from dataclasses import dataclass
from functools import lru_cache

BEDROCK, GOOGLE = "aws", "google"

_ALIASES = {
    BEDROCK: "aws aws.bedrock aws-bedrock amazon amazon-bedrock bedrock bedrock-converse bedrock-runtime",
    "anthropic": "anthropic anthropicai",
    "azure": "azure azure.ai.openai azure.ai.inference az.ai.openai az.ai.inference azure-openai azure-ai azureopenai",
    "cerebras": "cerebras",
    "cohere": "cohere cohere-ai",
    "deepseek": "deepseek deepseek-ai",
    "fireworks": "fireworks fireworks-ai",
    GOOGLE: "google gcp.vertex-ai gcp.gemini gcp.gen-ai gcp.vertexai vertex-ai vertexai vertex gemini google-genai "
    "google-gla google-vertex google-vertexai google-generative-ai",
    "groq": "groq",
    "mistral": "mistral mistral-ai mistralai",
    "moonshotai": "moonshotai moonshot moonshot-ai",
    "openai": "openai openai-chat openai-responses",
    "openrouter": "openrouter open-router",
    "perplexity": "perplexity perplexity-ai",
    "together": "together together-ai togetherai",
    "voyageai": "voyageai voyage voyage-ai",
    "x-ai": "x-ai xai",
}
"""The list's names of providers, and what OpenTelemetry, OpenInference, OpenLLMetry and the frameworks call them.

Sources: the well-known values of `gen_ai.provider.name` and of `gen_ai.system` before it; of `llm.provider` and
`llm.system` in OpenInference; the prefixes of LiteLLM and pydantic-ai.
"""
_PROVIDERS = {alias: provider for provider, aliases in _ALIASES.items() for alias in aliases.split()}

_NO_PROVIDERS = (
    "agno autogen crewai custom dspy gcp.vertex.agent haystack langchain langgraph litellm llama-index llamaindex "
    "openai-agents other pydantic-ai semantic-kernel smolagents strands strands-agents unknown"
)
"""Who some senders name as the provider: the program that asks, which says nothing about who answers."""
_FRAMEWORKS = frozenset(_NO_PROVIDERS.split())

_ARN = re.compile(r"arn:aws[a-z-]*:bedrock:([a-z0-9-]*):[0-9]*:([a-z-]+)/(.+)")
_NAMING_KINDS = frozenset({"foundation-model", "inference-profile"})
_VENDORS = (
    "ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|"
    "stability|twelvelabs|writer|zai"
)
_BEDROCK_ID = re.compile(rf"(?:([a-z]{{2,6}}(?:-gov)?)\.)?((?:{_VENDORS})\..+)")
_RESOURCE = re.compile(r"(?:.*/)?models/([^/]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look for a price: a model's name, at a provider or, with None, at whoever is known to make it."""

    provider: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a sender's words may mean, the likeliest first.

    `region` is the AWS region that an ARN names. `opaque` is an ARN whose name says nothing of the model.
    """

    said: str
    places: tuple[Place, ...]
    region: str | None = None
    opaque: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """What the model is called, in the sender's words first, and without prefixes then."""
        return tuple(dict.fromkeys([self.said.lower(), *(place.name for place in self.places)]))

    @property
    def provider(self) -> str | None:
        """Who the sender says answered, whether the list knows them or not."""
        return next((place.provider for place in self.places if place.provider), None)


def provider_of(said: str | None) -> str | None:
    """A provider as the list of prices calls it; a name that nobody knows as it is; None where none is named."""
    name = "" if said is None else said.strip().lower().replace("_", "-").replace(" ", "-")
    return None if not name or name in _FRAMEWORKS else _PROVIDERS.get(name, name)


@lru_cache(maxsize=1_000)
def reference(model: str, provider: str | None) -> Reference:
    """What a model's name may mean; `provider` in any of its spellings, None where the sender does not say."""
    said = model.strip()
    name = said.lower()
    if arn := _ARN.fullmatch(name):
        region, kind, model_id = arn.groups()
        places = _bedrock(model_id) if kind in _NAMING_KINDS else ()
        return Reference(said, places or (Place(BEDROCK, model_id),), region or None, not places)
    return Reference(said, tuple(dict.fromkeys(_places(name, provider_of(provider)))))


def _places(name: str, provider: str | None) -> list[Place]:
    """As it is at the provider that is named, then by what its own form tells."""
    told = [Place(provider, name)] if provider else []
    told += _bedrock(name) or _resource(name, provider) or _prefixed(name)
    return told if provider else [*told, Place(None, name)]


def _bedrock(name: str) -> tuple[Place, ...]:
    """An id of Amazon Bedrock: with its geography, and without: a profile of one costs what the model does there.

    Only the global profiles have prices of their own. Source: https://aws.amazon.com/bedrock/pricing/
    """
    found = _BEDROCK_ID.fullmatch(name)
    if found is None:
        return ()
    geography, model_id = found.groups()
    alone = geography is not None and geography != "global"
    return (Place(BEDROCK, name), Place(BEDROCK, model_id)) if alone else (Place(BEDROCK, name),)


def _resource(name: str, provider: str | None) -> list[Place]:
    """A name of Google's, such as `models/gemini-2.5-pro`, `publishers/google/models/gemini-2.5-pro`."""
    found = _RESOURCE.fullmatch(name) if provider in (None, GOOGLE) else None
    return [] if found is None else [Place(GOOGLE, found[1])]


def _prefixed(name: str) -> list[Place]:
    """`provider/model` and `provider:model`, where the prefix is a provider; what is behind it is read alike."""
    prefix, mark, rest = next((cut for cut in (name.partition("/"), name.partition(":")) if cut[1]), (name, "", ""))
    said = prefix.replace("_", "-")
    read_on = mark and rest and (said in _PROVIDERS or said in _FRAMEWORKS)
    return _places(rest, provider_of(said)) if read_on else []

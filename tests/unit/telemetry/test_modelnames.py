"""Which models and providers senders mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.telemetry.modelnames import Place, provider_of, reference

NAMES = st.text(max_size=60) | st.from_regex(r"([a-z]{2,8}[./:]){0,6}[a-z0-9.-]{0,12}", fullmatch=True)


@pytest.mark.parametrize(
    ("said", "provider"),
    [
        ("openai", "openai"),
        ("OpenAI", "openai"),
        ("azure.ai.openai", "azure"),
        ("azure.ai.inference", "azure"),
        ("aws.bedrock", "aws"),
        ("AWS", "aws"),
        ("gcp.gemini", "google"),
        ("gcp.vertex_ai", "google"),
        ("gcp.gen_ai", "google"),
        ("google-gla", "google"),
        ("mistral_ai", "mistral"),
        ("x_ai", "x-ai"),
        ("together_ai", "together"),
        ("langchain", None),
        ("strands-agents", None),
        (" ", None),
        (None, None),
        ("ollama", "ollama"),
    ],
)
def test_a_provider_is_known_by_all_its_names(said: str | None, provider: str | None) -> None:
    assert provider_of(said) == provider


@pytest.mark.parametrize(
    ("model", "provider", "places"),
    [
        ("gpt-4o", "openai", [("openai", "gpt-4o")]),
        ("gpt-4o", None, [(None, "gpt-4o")]),
        ("openai/gpt-4o", None, [("openai", "gpt-4o"), (None, "openai/gpt-4o")]),
        ("openai/gpt-oss-20b", "groq", [("groq", "openai/gpt-oss-20b"), ("openai", "gpt-oss-20b")]),
        ("mistral-nemo:free", "mistral", [("mistral", "mistral-nemo:free")]),
        ("models/gemini-2.5-pro", "google", [("google", "models/gemini-2.5-pro"), ("google", "gemini-2.5-pro")]),
        ("eu.amazon.nova-pro-v1:0", "aws", [("aws", "eu.amazon.nova-pro-v1:0"), ("aws", "amazon.nova-pro-v1:0")]),
        ("global.amazon.nova-2-lite-v1:0", "aws", [("aws", "global.amazon.nova-2-lite-v1:0")]),
        ("amazon.nova-pro-v1:0", "aws", [("aws", "amazon.nova-pro-v1:0")]),
    ],
)
def test_the_likeliest_place_comes_first(model: str, provider: str | None, places: list[tuple[str, str]]) -> None:
    assert reference(model, provider).places == tuple(Place(*place) for place in places)


def test_an_arn_tells_region_and_model() -> None:
    arn = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-opus-5"

    meant = reference(arn, "aws.bedrock")

    assert meant.region == "eu-west-1"
    assert meant.places[0] == Place("aws", "eu.anthropic.claude-opus-5")
    assert meant.names == (arn, "eu.anthropic.claude-opus-5", "anthropic.claude-opus-5")


@pytest.mark.parametrize("kind", ["application-inference-profile", "provisioned-model", "custom-model"])
def test_an_arn_that_names_no_model_is_opaque(kind: str) -> None:
    assert reference(f"arn:aws:bedrock:eu-west-1:123456789012:{kind}/a1b2c3", None).opaque


@given(NAMES, st.none() | NAMES)
def test_whatever_is_said_there_is_somewhere_to_look_and_it_ends(model: str, provider: str | None) -> None:
    meant = reference(model, provider)

    assert meant.places
    assert len(set(meant.places)) == len(meant.places)
    assert reference(f"{model} ", provider).places == reference(f" {model}", provider).places

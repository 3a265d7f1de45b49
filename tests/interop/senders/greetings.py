"""One question to each of the other APIs."""

import anthropic
import boto3
import openai

MESSAGES = [{"role": "user", "content": "Are you there?"}]


def anthropic_messages():
    anthropic.Anthropic().messages.create(model="claude-sonnet-5", max_tokens=100, messages=MESSAGES)


def anthropic_stream():
    with anthropic.Anthropic().messages.stream(model="claude-sonnet-5", max_tokens=100, messages=MESSAGES) as stream:
        for _ in stream:
            pass


def bedrock_converse():
    boto3.client("bedrock-runtime").converse(
        modelId="us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        messages=[{"role": "user", "content": [{"text": "Are you there?"}]}],
    )


def openai_responses():
    openai.OpenAI().responses.create(model="gpt-5", input="Are you there?")

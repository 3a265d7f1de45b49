"""Language models asked over the wire: what an answer is, what it cost, and what becomes of a refusal."""

from decimal import Decimal

import pytest

from tests.integration.client.server import HANG_UP, Reply
from tests.support.bedrock import ENDPOINT, THROTTLED, Bedrock, filling, refusal, saying
from tests.support.receiver import hanging, talking
from watchbill.agents.language import ANSWER_TOKENS, LanguageModel, LanguageModels, NotAnswered
from watchbill.execution.worker import NotRunnable
from watchbill.platform import aws
from watchbill.platform.wire import Count, Model

NOVA, HAIKU, UNPRICED = "amazon.nova-lite-v1:0", "global.anthropic.claude-haiku-5-5", "local.unpriced-v1:0"
MODELS = LanguageModels((NOVA, HAIKU, UNPRICED))


class Sum(Model):
    """A sum."""

    total: Count


def asked(name: str | None = None, answers: int = 1, seconds: int = 30) -> LanguageModel:
    return MODELS.model(name, answers, seconds)


def error_of(model: LanguageModel) -> NotAnswered:
    with pytest.raises(NotAnswered) as refused:
        model.ask(Sum, "Add up.", "1 and 2")
    return refused.value


@pytest.mark.parametrize("name", [NOVA, HAIKU])
def test_an_answer_has_the_shape_that_was_asked_for(model_service: Bedrock, name: str) -> None:
    model_service.replies = [filling(total=3)]

    answer = asked(name).ask(Sum, "Add up.", "1 and 2")

    assert answer == Sum(total=3)
    (question,) = model_service.asked
    assert question["modelId"] == name
    assert question["inferenceConfig"] == {"maxTokens": ANSWER_TOKENS}
    assert (model_service.instructions, model_service.material) == (["Add up."], ["1 and 2"])


def test_what_answers_cost_adds_up_in_dollars_by_the_model_s_price(model_service: Bedrock) -> None:
    cached = {"inputTokens": 1_000, "outputTokens": 500, "totalTokens": 1_500, "cacheReadInputTokens": 2_000}
    model_service.replies = [filling(total=3, usage=cached), filling(total=4)]
    model = asked(NOVA, answers=2)

    model.ask(Sum, "Add up.", "1 and 2")
    model.ask(Sum, "Add up.", "2 and 2")

    spent = model.metrics()
    assert spent.tokens is not None
    # 0.06 dollars for a million tokens read, 0.015 for those read from the cache, 0.24 for those written.
    assert spent.cost == Decimal("0.000228")
    assert spent.tokens.model_dump(exclude_none=True) == {
        "input": 3_100,
        "output": 550,
        "total": 3_650,
        "cache_read": 2_000,
        "cache_write": 0,
    }
    assert spent.models == (NOVA,)


def test_the_cost_of_a_model_without_a_known_price_is_not_known(model_service: Bedrock) -> None:
    model_service.replies = [filling(total=3)]
    model = asked(UNPRICED)

    model.ask(Sum, "Add up.", "1 and 2")

    spent = model.metrics()
    assert spent.cost is None
    assert spent.tokens is not None
    assert spent.tokens.total == 150


def test_an_answer_of_another_shape_is_sent_back_once_with_what_is_wrong(model_service: Bedrock) -> None:
    model_service.replies = [filling(total=-1), filling(total=3)]
    model = asked(NOVA)

    assert model.ask(Sum, "Add up.", "1 and 2") == Sum(total=3)

    assert [len(question["messages"]) for question in model_service.asked] == [1, 3]
    spent = model.metrics()
    assert spent.tokens is not None
    assert spent.tokens.total == 300


@pytest.mark.parametrize("reply", [saying("The sum is 3."), filling(total="many"), filling(), saying("{")])
def test_an_answer_that_stays_of_another_shape_is_none_but_another_question_may_get_one(model_service, reply) -> None:
    model_service.afterwards = reply
    model = asked(NOVA)

    failed = error_of(model)

    assert (failed.error.type, failed.error.retryable, failed.of_this_question) == ("UnusableAnswer", True, True)
    assert failed.error.message.startswith(f"{NOVA} gave no answer that can be used")
    assert len(model_service.asked) == 2
    spent = model.metrics()
    assert spent.tokens is not None
    assert spent.tokens.total == 300


def test_an_answer_that_was_cut_off_is_none(model_service: Bedrock) -> None:
    model_service.afterwards = filling(stop="max_tokens")

    assert error_of(asked(NOVA)).error.type == "UnusableAnswer"


@pytest.mark.parametrize("body", [b"", b"<html>", {}, {"output": {}}])
def test_an_answer_that_is_none_of_bedrock_s_is_none(model_service: Bedrock, body) -> None:
    model_service.afterwards = Reply(200, body)

    failed = error_of(asked(NOVA))

    assert failed.error.retryable


def test_a_model_that_is_busy_for_a_moment_is_asked_again(model_service: Bedrock) -> None:
    model_service.replies = [THROTTLED, filling(total=3)]

    assert asked(NOVA).ask(Sum, "Add up.", "1 and 2") == Sum(total=3)


@pytest.mark.parametrize(
    ("reply", "type_", "retryable"),
    [
        (THROTTLED, "ThrottlingException", True),
        (refusal(503, "ServiceUnavailableException", "Too busy."), "ServiceUnavailableException", True),
        (refusal(500, "InternalServerException", "Oh."), "InternalServerException", True),
        (refusal(408, "ModelTimeoutException", "The model took too long."), "ModelTimeoutException", True),
        (refusal(403, "AccessDeniedException", "You don't have access to the model."), "AccessDeniedException", False),
        (
            refusal(400, "ValidationException", "The provided model identifier is invalid."),
            "ValidationException",
            False,
        ),
        (refusal(404, "ResourceNotFoundException", "End of life."), "ResourceNotFoundException", False),
        (refusal(400, "ServiceQuotaExceededException", "Enough."), "ServiceQuotaExceededException", False),
    ],
)
def test_a_refusal_says_what_aws_said_and_is_tried_again_only_if_that_may_help(
    model_service: Bedrock, reply: Reply, type_: str, retryable: bool
) -> None:
    model_service.afterwards = reply
    model = asked(NOVA)

    failed = error_of(model)

    assert (failed.error.type, failed.error.retryable, failed.of_this_question) == (type_, retryable, False)
    assert failed.error.message == f"{NOVA} cannot be asked in this region: {reply.body['message']}"
    assert model.metrics().tokens is None


def test_a_connection_that_breaks_may_hold_another_time(model_service: Bedrock) -> None:
    model_service.afterwards = HANG_UP

    failed = error_of(asked(NOVA))

    assert (failed.error.retryable, failed.of_this_question) == (True, False)


def test_a_model_that_does_not_answer_in_time_is_not_waited_for(
    environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with talking(hanging) as url:
        monkeypatch.setenv(ENDPOINT, url)
        aws.forget_clients()
        failed = error_of(asked(NOVA, seconds=1))

    assert (failed.error.type, failed.error.retryable) == ("Timeout", True)
    assert failed.error.message == f"{NOVA} did not answer in time"


def test_a_task_asks_no_more_often_than_it_has_answers_to_get(model_service: Bedrock) -> None:
    model_service.afterwards = filling(total=1)
    model = asked(NOVA, answers=1)
    for _ in range(2):
        model.ask(Sum, "Add up.", "1")

    failed = error_of(model)

    assert (failed.error.type, failed.error.retryable, failed.of_this_question) == ("UsageLimitExceeded", False, False)
    assert len(model_service.asked) == 2


def test_a_model_that_reads_far_too_much_is_stopped(model_service: Bedrock) -> None:
    much = {"inputTokens": 1_000_000, "outputTokens": 1, "totalTokens": 1_000_001}
    model_service.afterwards = filling(total=1, usage=much)

    failed = error_of(asked(NOVA))

    assert failed.error.type == "UsageLimitExceeded"
    assert failed.error.message == f"{NOVA} was stopped: the task has used up the requests or tokens that it may take"


@pytest.mark.parametrize(
    ("models", "name", "said"),
    [
        (LanguageModels(()), None, "no language model is set"),
        (MODELS, "openai.gpt-oss-20b-1:0", "'openai.gpt-oss-20b-1:0' is none of the language models to be had here"),
    ],
)
def test_a_model_that_is_not_to_be_had_is_not_asked(environment, models: LanguageModels, name, said: str) -> None:
    with pytest.raises(NotRunnable, match=said):
        models.model(name, 1, 30)


def test_the_region_of_the_stage_is_where_a_model_is_asked(model_service: Bedrock) -> None:
    model_service.replies = [filling(total=3)]

    LanguageModels((NOVA,), "eu-west-1").model(None, 1, 30).ask(Sum, "Add up.", "1 and 2")

    assert "/eu-west-1/bedrock/aws4_request" in model_service.headers[0]["authorization"]

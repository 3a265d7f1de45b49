"""Layers at the emulator, as the launcher corrects it: all processes of all functions read one copy of each."""

import io
import zipfile

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from infra.local import layers

FUNCTION = "import told\ndef handler(event, context):\n    return [told.WHAT, told.__file__]\n"


def packed(**files):
    """An archive of Python modules."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".py", text)
    return content.getvalue()


@pytest.fixture
def answer(monkeypatch, tmp_path):
    """Starts a process of a function that has some layers, by their names; its answer, and where its layer was."""
    monkeypatch.setattr(lambda_runtime.Worker, "_spawn", lambda_runtime.Worker._spawn)
    monkeypatch.setattr(lambda_svc, "_resolve_layer_zip", lambda arn: stored.get(arn))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    stored = {name: packed(python__told=f"WHAT = {name!r}") for name in ("first", "second")}
    layers.install()
    started = []

    def answered(name, *layers):
        config = {
            "FunctionName": name,
            "FunctionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}",
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Layers": layers,
            "Environment": {"Variables": {"NAMED": name}},
        }
        started.append(lambda_runtime.Worker(name, config, packed(index=FUNCTION)))
        answer = started[-1].invoke({}, "request")
        assert started[-1].config is config
        return answer["result"]

    yield answered
    for process in (worker._proc for worker in started if worker._proc):
        process.terminate()
        with process:  # which closes what connects it with this one
            process.wait()


def test_two_functions_with_a_layer_read_one_copy_of_it(answer, tmp_path):
    first, again = answer("one", "first"), answer("another", {"Arn": "first"})

    assert first == again
    assert first[0] == "first"
    assert len(list(tmp_path.glob("**/told.py"))) == 1


def test_each_function_has_the_layers_that_are_its_own(answer):
    assert [answer("one", "first")[0], answer("another", "second")[0]] == ["first", "second"]


def test_of_two_layers_the_later_goes_before_the_earlier_as_the_emulator_has_it(answer):
    assert answer("both", "first", "second")[0] == "second"


def test_a_layer_that_does_not_exist_is_named(answer):
    with pytest.raises(RuntimeError, match="there is no layer gone"):
        answer("one", "gone")

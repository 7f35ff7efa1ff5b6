"""What the command line says, and what the log looks like."""

import json
import logging
import sys

import pytest

from controller.__main__ import JsonLines, options_from
from controller.options import LlmDeployment


def test_nothing_said_watches_the_cluster_with_safe_defaults(monkeypatch):
    monkeypatch.delenv("DAGAUDIT_RUNNER_IMAGE", raising=False)
    options, given = options_from([])

    assert options.watch_namespaces == ()
    assert options.service_accounts == ("dagaudit-runner",)
    assert (options.llm, given.log_format) == (None, "json")
    assert options.runner_image.startswith("dagaudit/runner:")


def test_repeated_words_add_up():
    options, _ = options_from(
        ["--namespace", "a", "--namespace", "b", "--service-account", "x", "--service-account", "y"]
    )

    assert (options.watch_namespaces, options.service_accounts) == (("a", "b"), ("x", "y"))


def test_command_line_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("DAGAUDIT_RUNNER_IMAGE", "from-environment:1")

    images = [options_from(words)[0].runner_image for words in ([], ["--runner-image", "typed:2"])]

    assert images == ["from-environment:1", "typed:2"]


def test_model_s_deployment_is_a_place_and_a_name():
    options, _ = options_from(["--llm-deployment", "llm/ollama", "--llm-idle-grace-seconds", "30"])

    assert options.llm == LlmDeployment("llm", "ollama", 30)


@pytest.mark.parametrize(
    "words", [["--llm-deployment", "ollama"], ["--image-pull-policy", "Sometimes"], ["--unknown"]]
)
def test_wrong_words_are_refused(words, capsys):
    with pytest.raises(SystemExit) as end:
        options_from(words)

    assert end.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_replicas_have_names_of_their_own():
    assert options_from([])[0].identity != options_from([])[0].identity


def record(error: bool = False) -> logging.LogRecord:
    trace = None
    if error:
        try:
            raise ValueError("no\nsuch")
        except ValueError:
            trace = sys.exc_info()
    return logging.LogRecord("controller.x", logging.WARNING, "x.py", 1, "it is %s", ('"so"\n',), trace)


def test_log_line_is_one_json_object():
    line = JsonLines().format(record())

    assert "\n" not in line
    found = json.loads(line)
    assert (found["level"], found["logger"], found["event"]) == ("warning", "controller.x", 'it is "so"\n')
    assert "error" not in found


def test_error_s_traceback_is_in_the_same_line():
    line = JsonLines().format(record(error=True))

    assert "\n" not in line
    assert "ValueError: no\nsuch" in json.loads(line)["error"]

"""Failures in the words of many libraries get the category that a person would choose."""

import pytest

from dagaudit.task_attempt import Outcome
from tests.analyzers.log_analyzer.failure_kinds import KINDS, PRINTED_BY_SUCCESSES, SAID_BY_COMMANDS, chain
from tests.analyzers.log_analyzer.task_logs import (
    attempt,
    child,
    failed,
    failure,
    raised,
    stderr,
    stdout,
    succeeded,
    user,
)


@pytest.mark.parametrize(
    ("category", "text"),
    [pytest.param(category, text, id=text[:60]) for category, texts in KINDS.items() for text in texts],
)
def test_exception_of_a_library_has_its_category(category, text):
    found = attempt(failed(chain(text)))

    assert found.outcome is Outcome.FAILED
    assert found.category == category


@pytest.mark.parametrize(
    ("category", "said"),
    [
        pytest.param(category, said, id=said[1][:60])
        for category, all_ in SAID_BY_COMMANDS.items()
        for said in all_
    ],
)
def test_last_words_of_a_command_have_their_category(category, said):
    code, *words = said
    message = f"Bash command failed. The command returned a non-zero exit code {code}."

    found = attempt(
        failed(
            *map(child, words),
            child(f"Command exited with return code {code}"),
            failure(raised("AirflowException", message, ())),
        )
    )

    assert found.category == category


@pytest.mark.parametrize("text", PRINTED_BY_SUCCESSES, ids=lambda text: text[:60])
@pytest.mark.parametrize("channel", [stdout, stderr, child, lambda text: user(text, level="error")])
def test_success_that_prints_of_failures_is_not_convicted(channel, text):
    found = attempt(succeeded(*map(channel, text.split("\n"))))

    assert found.outcome is Outcome.SUCCESS
    assert found.category is None

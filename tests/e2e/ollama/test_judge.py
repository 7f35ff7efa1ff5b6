"""A real model that answers nonsense must neither break nor corrupt a report."""

import logging

import pytest

from analyzers.code_analyzer.llm_judge import Allowance, Asking, judge_section
from dagaudit.adapters import open_answer_cache, open_dag_source
from dagaudit.adapters.llm_options import LlmOptions
from dagaudit.adapters.ollama import OllamaLlm
from dagaudit.address import parse
from dagaudit.finding import Finding, Origin, Severity
from dagaudit.section import CodeSection, Coverage, SectionStatus

TASK = """
@task
def load_{number}():
    rows = Variable.get("rows_{number}")
    return rows

"""
COUNT = 4


@pytest.fixture
def dags(tmp_path):
    folder = tmp_path / "dags"
    folder.mkdir()
    head = "from airflow.sdk import task, Variable\n"
    (folder / "x.py").write_text(head + "".join(TASK.format(number=number) for number in range(COUNT)))
    return open_dag_source(str(folder))


@pytest.fixture
def section():
    findings = [
        Finding(
            rule="DGA401",
            name="variable-at-top-level",
            severity=Severity.HIGH,
            path="x.py",
            line=5 + 6 * number,
            message="Variable.get is called while the file is parsed",
            fingerprint=f"f{number}",
        )
        for number in range(COUNT)
    ]
    return CodeSection(
        status=SectionStatus.OK, coverage=Coverage(seen=1, analyzed=1), findings=tuple(findings)
    )


@pytest.fixture
def model(address):
    llm = OllamaLlm(parse(address), LlmOptions(context_length=16_384))
    yield llm
    llm.close()


RULES = {"DGA401": "DGA401: an Airflow Variable is read while the file is parsed.\n"}
MOVED = {"origin", "confidence"}


def plain(section):
    return [finding.model_dump(exclude=MOVED) for finding in section.findings]


def test_report_stays_whole_whatever_the_model_says(dags, section, model, tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    cache = open_answer_cache(str(tmp_path / "reports"))

    judged = judge_section(section, [dags], RULES, Asking(model, cache))

    assert plain(judged) == plain(section)
    assert judged.status is SectionStatus.OK
    assert COUNT <= judged.llm.calls <= 2 * COUNT
    assert judged.llm.failed_calls == 0
    assert judged.llm.model == "tiny:latest"
    assert judged.llm.prompt_tokens > 1000 * COUNT
    assert CodeSection.model_validate_json(judged.model_dump_json()) == judged
    assert caplog.records == []


def test_answers_are_kept_for_the_next_night(dags, section, model, tmp_path):
    cache = open_answer_cache(str(tmp_path / "reports"))
    first = judge_section(section, [dags], RULES, Asking(model, cache))

    second = judge_section(section, [dags], RULES, Asking(model, cache))

    assert first.llm.not_judged < COUNT
    assert second.llm.cached == COUNT - first.llm.not_judged
    assert second.llm.calls <= first.llm.not_judged * 2
    assert {finding for finding in first.findings if finding.origin is not Origin.STATIC} <= set(
        second.findings
    )


def test_budget_holds_with_a_real_model(dags, section, model):
    tokens = 30_000

    judged = judge_section(
        section, [dags], RULES, Asking(model, open_answer_cache(None), Allowance(calls=2, tokens=tokens))
    )

    assert judged.llm.calls <= 2
    assert judged.llm.prompt_tokens + judged.llm.answer_tokens <= tokens
    assert judged.llm.not_judged >= COUNT - 2
    assert judged.status is SectionStatus.PARTIAL


def test_server_that_dies_between_two_runs_costs_no_finding(dags, section):
    llm = OllamaLlm(parse("ollama://127.0.0.1:9/tiny"), LlmOptions(tries=1, connect_seconds=1))

    judged = judge_section(section, [dags], RULES, Asking(llm, open_answer_cache(None)))

    assert judged.findings == section.findings
    assert judged.llm.not_judged == COUNT
    assert "the server cannot be reached" in judged.failures[0].message

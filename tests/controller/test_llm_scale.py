"""When the model is awake."""

from datetime import timedelta

import pytest

from controller.llm_scale import last_need, wanted_replicas
from controller.observed import Observed
from controller.options import LlmDeployment
from tests.controller.objects import NOW, audit, job

DEPLOYMENT = LlmDeployment("llm", "ollama", idle_grace_seconds=600)
LLM = {"endpoint": "http://ollama.llm.svc:11434", "model": "llama3.2"}
ENDED_AT = NOW - timedelta(minutes=30)


def replicas(body: dict, *jobs: dict, after: timedelta = timedelta()) -> int:
    observed = Observed()
    observed.see("DagAudit", body, deleted=False)
    for one in jobs:
        observed.see("Job", one, deleted=False)
    now = NOW + after
    return wanted_replicas(last_need(observed, now), now, DEPLOYMENT)


def test_nobody_needs_it_without_a_run():
    assert replicas(audit(llm=LLM)) == 0


def test_run_that_goes_on_keeps_it_awake():
    assert replicas(audit(llm=LLM), job(), after=timedelta(days=1)) == 1


@pytest.mark.parametrize(("minutes", "expected"), [(-30, 1), (-20, 1), (-19, 0), (0, 0)])
def test_it_sleeps_a_while_after_the_last_run(minutes, expected):
    assert replicas(audit(llm=LLM), job(ended="Complete"), after=timedelta(minutes=minutes)) == expected


@pytest.mark.parametrize(
    "spec",
    [{}, {"llm": {**LLM, "mode": "Disabled"}}, {"llm": LLM, "gpu": {"scaleFromZero": "Never"}}],
    ids=["no model", "disabled", "never scaled"],
)
def test_runs_that_do_not_ask_for_it_do_not_wake_it(spec):
    assert replicas(audit(**spec), job()) == 0


def test_newest_need_counts():
    old = job("old", ended="Complete")
    old["status"]["conditions"][0]["lastTransitionTime"] = "2026-11-01T00:00:00Z"

    assert replicas(audit(llm=LLM), old, job("new", ended="Complete"), after=timedelta(minutes=-25)) == 1

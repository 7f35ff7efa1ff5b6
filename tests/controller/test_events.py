"""Events tell changes, once."""

from datetime import timedelta

import pytest

from controller.events import Event, events_of, manifest
from controller.observed import Children
from controller.reconcile import plan
from controller.reconciler import plain
from controller.status import audit_status
from tests.controller.objects import NOW, OPTIONS, audit, job, pod, run, summary


def told(body: dict, children: Children | None = None) -> tuple[list[str], dict]:
    """Reasons of the events, and the status that is then written."""
    children = children or Children()
    made = plan(body, children, OPTIONS, NOW)
    status = audit_status(body, made, children, {}, (OPTIONS, NOW))
    return [one.reason for one in events_of(body, made, children, status)], plain(status)


def test_audit_that_starts_well_is_not_talked_about():
    assert told(audit())[0] == []


def test_schedule_that_comes_later_is_told_once():
    unscheduled = told(audit(schedule=None))[1]
    first, status = told(audit(status=unscheduled))

    assert (first, told(audit(status=status))[0]) == (["RunScheduled"], [])


@pytest.mark.parametrize(
    ("children", "reason"),
    [
        (Children(jobs=(job(),)), "RunStarted"),
        (Children(jobs=(job(ended="Complete"),), runs=(run(status={"result": "Running"}),)), "RunSucceeded"),
        (Children(jobs=(job(ended="Failed"),), runs=(run(status={"result": "Running"}),)), "RunFailed"),
    ],
    ids=["started", "succeeded", "failed"],
)
def test_life_of_a_run_is_told(children, reason):
    status = told(audit())[1]

    assert told(audit(status=status), children)[0] == [reason]


def test_ended_run_is_not_told_again():
    children = Children(jobs=(job(ended="Complete"),), pods=(pod(code=0, message=summary()),), runs=(run(),))
    _, status = told(audit(), children)
    recorded = Children(None, children.jobs, children.pods, (run(status={"result": "Succeeded"}),))

    assert told(audit(status=status), recorded)[0] == []


def test_suspending_and_resuming_are_told():
    _, active = told(audit())
    suspended, status = told(audit(suspend=True, status=active))

    assert (suspended, told(audit(status=status))[0]) == (["Suspended"], ["Resumed"])


def test_gate_is_told_when_it_fails_and_when_it_recovers():
    def ran(gate: str, status: dict) -> tuple[list[str], dict]:
        pods = (pod(code=0, message=summary(gate=gate)),)
        runs = (run(status={"result": "Succeeded"}),)
        return told(audit(status=status), Children(None, (job(ended="Complete"),), pods, runs))

    failed, status = ran("failed", told(audit())[1])

    assert (failed, ran("passed", status)[0]) == (["GateFailed"], ["GateRecovered"])


def test_wait_for_another_run_is_told_once():
    body, children = audit({"dagaudit.io/run-now": "2"}, concurrencyPolicy="Forbid"), Children(jobs=(job(),))
    made = plan(body, children, OPTIONS, NOW)
    status = audit_status(body, made, children, {}, (OPTIONS, NOW))

    first, again = (
        [one.reason for one in events_of(body, made, children, status, waited)]
        for waited in (None, made.waiting_run)
    )

    assert set(first) - set(again) == {"ConcurrencySkipped"}


def test_same_words_make_the_same_object():
    event = Event("RunFailed", "run-1: out of memory", warning=True)

    first, second = manifest(audit(), event, NOW), manifest(audit(), event, NOW + timedelta(hours=1))

    assert first["metadata"] == second["metadata"]
    assert first["type"] == "Warning"


def test_other_words_make_another():
    names = {manifest(audit(), Event("RunFailed", text), NOW)["metadata"]["name"] for text in ("a", "b")}

    assert len(names) == 2


def test_message_fits_into_an_event():
    assert len(manifest(audit(), Event("RunFailed", "x" * 5000), NOW)["message"]) <= 1024

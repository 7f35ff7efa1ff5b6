"""How each end of a run is recorded."""

from datetime import timedelta

import pytest

from controller.reconciler import plain
from controller.run_record import OOM_HINT, run_status
from dagaudit.audit_status import RunStatus
from tests.controller.objects import NOW, job, pod, run, summary


def recorded(job_body: dict, *pods: dict, known: dict | None = None) -> RunStatus:
    return run_status(job_body, pods, known, NOW)


def succeeded(status: RunStatus) -> tuple[str, str, str]:
    (found,) = [one for one in status.conditions if one.type == "Succeeded"]
    return found.status, found.reason, found.message


def failed_job(reason: str = "BackoffLimitExceeded", message: str = "too often") -> dict:
    return job(ended="Failed", reason=reason, message=message)


ERROR_78 = '{"exit_code": 78, "error": "no such bucket"}'
ENDS = {
    "succeeded": (
        job(ended="Complete"),
        [pod(code=0, message=summary())],
        "Succeeded",
        "Succeeded",
        "14 DAGs",
    ),
    "partial": (
        job(ended="Complete"),
        [pod(code=0, message=summary(status="partial", sections={"logs": "failed"}))],
        "Partial",
        "Partial",
        "logs is failed",
    ),
    "no message": (job(ended="Complete"), [pod(code=0)], "Succeeded", "Succeeded", "ended well"),
    "garbage": (job(ended="Complete"), [pod(code=0, message="}{")], "Succeeded", "Succeeded", "ended well"),
    "out of memory": (failed_job(), [pod(code=137, reason="OOMKilled")], "Failed", "OOMKilled", OOM_HINT),
    "evicted": (
        failed_job(),
        [pod(code=137, reason="") | {"status": {"reason": "Evicted", "message": "disk"}}],
        "Failed",
        "Evicted",
        "disk",
    ),
    "deadline": (failed_job("DeadlineExceeded"), [], "Failed", "DeadlineExceeded", "activeDeadlineSeconds"),
    "wrong spec": (failed_job(), [pod(code=78, message=ERROR_78)], "Failed", "ExitCode78", "no such bucket"),
    "budget": (failed_job(), [pod(code=79)], "Failed", "ExitCode79", "LLM budget is used up"),
    "last words": (
        failed_job(),
        [pod(code=1, message="Traceback: x")],
        "Failed",
        "ExitCode1",
        "Traceback: x",
    ),
    "pods gone": (failed_job(), [], "Failed", "BackoffLimitExceeded", "too often"),
    "no reason": (failed_job("", ""), [], "Failed", "Failed", ""),
    "odd reason": (failed_job("7 odd!"), [], "Failed", "Failed", "too often"),
    "image missing": (
        job(),
        [pod(waiting="ImagePullBackOff", message="not found")],
        "Running",
        "ImagePullBackOff",
        "the image cannot be pulled",
    ),
    "no pod": (job(), [], "Running", "NoPod", "ServiceAccount dagaudit-runner"),
    "going on": (job(), [pod()], "Running", "Running", "going on"),
    "no node": (
        job(),
        [pod(conditions=[{"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}])],
        "Running",
        "Unschedulable",
        "0/3 nodes",
    ),
}


@pytest.mark.parametrize(("body", "pods", "result", "reason", "words"), ENDS.values(), ids=ENDS)
def test_end_is_told_with_its_reason(body, pods, result, reason, words):
    status = recorded(body, *pods)

    assert status.result == result
    assert succeeded(status)[1] == reason
    assert words in succeeded(status)[2]


@pytest.mark.parametrize(
    ("body", "word"),
    [(job(), "Unknown"), (failed_job(), "False"), (job(ended="Complete"), "True")],
    ids=["running", "failed", "complete"],
)
def test_condition_says_true_only_of_a_good_end(body, word):
    assert succeeded(recorded(body, pod(code=0) if word == "True" else pod()))[0] == word


def test_numbers_come_from_the_termination_message():
    status = recorded(job(ended="Complete"), pod(code=0, message=summary(tokens=900, new_findings=4)))

    assert (status.dags, status.tokens, status.report_uri) == (14, 900, "s3://reports/audits/runs/1")
    assert (status.findings.critical, status.findings.high, status.findings.new) == (1, 2, 4)


def test_newest_pod_speaks():
    old = pod(code=1, message=summary(dags=1), started="2026-11-21T01:00:00Z")
    new = pod(code=0, message=summary(dags=2), started="2026-11-21T01:10:00Z")

    status = recorded(job(ended="Complete"), new, old)

    assert (status.dags, status.exit_code, status.attempts) == (2, 0, 2)


def test_pods_of_other_jobs_do_not_count():
    assert recorded(job(), pod("another", code=0)).attempts == 0


def test_error_without_a_report_counts_nothing():
    status = recorded(failed_job(), pod(code=78, message=ERROR_78))

    assert (status.findings, status.dags, status.gate) == (None, None, None)


def test_what_was_recorded_stays_when_the_pods_are_gone():
    body = failed_job()
    before = recorded(body, pod(code=137, reason="OOMKilled"))

    after = run_status(body, (), run(status=plain(before)), NOW + timedelta(hours=1))

    assert plain(after) == plain(before)


def test_transition_time_moves_only_with_the_status():
    before = recorded(job(), pod())
    later = NOW + timedelta(minutes=5)

    same = run_status(job(), (pod(waiting="ErrImagePull"),), run(status=plain(before)), later)
    ended = run_status(job(ended="Complete"), (pod(code=0),), run(status=plain(before)), later)

    assert [one.last_transition_time for one in (*same.conditions[:1], *ended.conditions[:1])] == [NOW, later]


@pytest.mark.parametrize(
    ("gate", "word", "reason"),
    [
        ("passed", "True", "WithinThresholds"),
        ("failed", "False", "ThresholdExceeded"),
        ("not_set", "True", "NoThresholds"),
    ],
)
def test_gate_is_a_condition_of_its_own(gate, word, reason):
    status = recorded(job(ended="Complete"), pod(code=0, message=summary(gate=gate)))

    (found,) = [one for one in status.conditions if one.type == "GatePassed"]
    assert (found.status, found.reason) == (word, reason)


def test_young_run_is_not_yet_missed_a_pod():
    body = job(startTime="2026-11-21T01:59:50Z")

    assert succeeded(recorded(body))[1] == "Running"


@pytest.mark.parametrize("words", ["x" * 20_000, "\x00\n" * 3000])
def test_endless_words_of_a_pod_are_bounded(words):
    assert len(succeeded(recorded(failed_job(), pod(code=1, message=words)))[2]) <= 900

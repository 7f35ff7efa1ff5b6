"""Which writes are due: equal input gives equal output, and what is so already is not written again."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from controller.observed import Children
from controller.options import PAUSE, RUN_NOW
from controller.reconcile import Plan, is_within, plan
from controller.reconciler import plain
from dagaudit.audit_status import RunResult
from tests.controller.objects import NOW, OPTIONS, audit, job, pod, run, summary

GOLDEN = Path(__file__).parents[1] / "golden" / "cron_job.yaml"
FIRST_NOW = "nightly-now-6b86b273"
RUN_FIRST = {RUN_NOW: "1"}


def planned(body: dict, children: Children | None = None) -> Plan:
    return plan(body, children or Children(), OPTIONS, NOW)


def cron_of(body: dict) -> dict:
    """The CronJob as it comes back from the API server, with what others add."""
    wanted = json.loads(json.dumps(planned(body).apply[0]))
    wanted["metadata"] |= {"uid": "c-1", "resourceVersion": "7"}
    wanted["spec"]["jobTemplate"]["spec"]["template"]["spec"]["schedulerName"] = "default-scheduler"
    return wanted


def names(objects: list[dict]) -> list[str]:
    return [f"{one['kind']} {one['metadata']['name']}" for one in objects]


def test_cron_job_is_exactly_this():
    assert planned(audit(timeZone="Europe/Vienna")).apply == [yaml.safe_load(GOLDEN.read_text())]


def test_nothing_is_due_where_all_is_so():
    body = audit()

    assert not planned(body, Children(cron_job=cron_of(body))).apply


def test_cron_job_changed_by_somebody_is_drift():
    body = audit()
    cron = cron_of(body)
    cron["spec"]["schedule"] = "* * * * *"

    made = planned(body, Children(cron_job=cron))

    assert (names(made.apply), made.drifted) == (["CronJob nightly"], ["CronJob nightly"])


def test_changed_spec_is_no_drift():
    made = planned(audit(schedule="0 5 * * *"), Children(cron_job=cron_of(audit())))

    assert (names(made.apply), made.drifted) == (["CronJob nightly"], [])


def test_removed_schedule_removes_the_cron_job():
    made = planned(audit(schedule=None), Children(cron_job=cron_of(audit())))

    assert (made.delete, made.apply) == ([("CronJob", "nightly")], [])


@pytest.mark.parametrize(("ours", "theirs"), [("1000m", "1"), ("1024Mi", "1Gi"), ("0.5", "500m")])
def test_quantity_that_the_api_server_writes_otherwise_is_no_drift(ours, theirs):
    body = audit(pod={"resources": {"requests": {"cpu": ours}}})
    cron = cron_of(body)
    template = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    template["containers"][0]["resources"]["requests"]["cpu"] = theirs

    assert not planned(body, Children(cron_job=cron)).apply


def test_run_now_starts_one_job():
    made = planned(audit(RUN_FIRST))

    assert names(made.create) == [f"Job {FIRST_NOW}"]
    assert made.run_now_handled == "1"


def test_run_now_that_was_handled_starts_nothing():
    assert not planned(audit(RUN_FIRST, status={"runNowHandled": "1"})).create


def test_run_now_whose_job_stands_starts_no_other():
    made = planned(audit(RUN_FIRST), Children(jobs=(job(FIRST_NOW),), runs=(run(FIRST_NOW),)))

    assert (made.create, made.run_now_handled) == ([], "1")


def test_run_asked_for_waits_while_another_goes_on():
    made = planned(audit(RUN_FIRST), Children(jobs=(job(),), runs=(run(),)))

    assert (made.create, made.waiting_run, made.run_now_handled) == ([], FIRST_NOW, None)


def test_replace_ends_the_run_that_goes_on():
    made = planned(audit(RUN_FIRST, concurrencyPolicy="Replace"), Children(jobs=(job(),), runs=(run(),)))

    assert (made.delete, names(made.create)) == ([("Job", "run-1")], [f"Job {FIRST_NOW}"])


def test_allow_lets_both_go_on():
    made = planned(audit(RUN_FIRST, concurrencyPolicy="Allow"), Children(jobs=(job(),), runs=(run(),)))

    assert (made.delete, names(made.create)) == ([], [f"Job {FIRST_NOW}"])


def test_run_made_by_hand_gets_a_job_of_its_name():
    made = planned(audit(), Children(runs=(run("by-hand", job_name=None),)))

    assert names(made.create) == ["Job by-hand"]


def test_run_that_ended_does_not_start_again():
    ended = run("by-hand", status={"result": "Succeeded"})

    assert not planned(audit(), Children(runs=(ended,))).create


def test_every_job_is_recorded():
    made = planned(audit(), Children(jobs=(job("nightly-29"),)))

    assert names(made.create) == ["DagAuditRun nightly-29"]
    assert made.run_status["nightly-29"].result is RunResult.RUNNING


def test_job_that_is_being_deleted_is_not_recorded_anew():
    going = job()
    going["metadata"]["deletionTimestamp"] = "2026-11-21T02:00:00Z"

    assert not planned(audit(), Children(jobs=(going,))).create


def test_run_whose_job_somebody_deleted_has_failed():
    made = planned(audit(), Children(runs=(run(status={"result": "Running"}),)))

    assert made.run_status["run-1"].result is RunResult.FAILED


@pytest.mark.parametrize(("result", "limit"), [("Succeeded", "successful"), ("Failed", "failed")])
def test_oldest_runs_beyond_the_limit_are_forgotten_with_their_jobs(result, limit):
    runs = tuple(
        run(f"run-{day}", status={"result": result, "completionTime": f"2026-11-0{day}T01:00:00Z"})
        for day in (1, 2, 3)
    )
    body = audit(runHistory={"successful": 9, "failed": 9} | {limit: 1})

    made = planned(body, Children(jobs=(job("run-1", ended="Complete"),), runs=runs))

    assert made.delete == [("DagAuditRun", "run-2"), ("Job", "run-1"), ("DagAuditRun", "run-1")]


@pytest.mark.parametrize(
    "body", [audit({PAUSE: "true"}), audit(managedBy="another.io/controller")], ids=["paused", "theirs"]
)
def test_hands_off_means_no_write_at_all(body):
    made = planned(body, Children(jobs=(job(),)))

    assert (made.hands_off, made.apply, made.create, made.run_status) == (True, [], [], {})


def test_wrong_spec_is_told_and_its_runs_still_recorded():
    body = audit(pod={"serviceAccountName": "admin"})

    made = planned(body, Children(jobs=(job(),)))

    assert "admin is not among those" in (made.invalid or "")
    assert (made.apply, names(made.create)) == ([], ["DagAuditRun run-1"])


@pytest.mark.parametrize(
    ("wanted", "found", "so"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"b": 2}, False),
        ([1, 2], [1, 2, 3], False),
        ({}, None, True),
        ([], None, True),
        ([1], None, False),
        ("", None, True),
        (False, None, True),
        (0, None, False),
        ("a", "b", False),
        ({"a": 1}, [], False),
    ],
)
def test_what_others_add_does_not_matter(wanted, found, so):
    assert is_within(wanted, found) is so


SPECS = st.fixed_dictionaries(
    {},
    optional={
        "schedule": st.sampled_from(["0 2 * * *", "@daily", None]),
        "suspend": st.booleans(),
        "concurrencyPolicy": st.sampled_from(["Allow", "Forbid", "Replace"]),
        "execution": st.sampled_from([{}, {"mode": "Sharded", "shards": 3}]),
        "runHistory": st.fixed_dictionaries({"successful": st.integers(0, 3), "failed": st.integers(0, 3)}),
        "pod": st.sampled_from([{}, {"resources": {"limits": {"memory": "1024Mi"}}}, {"labels": {"a": "b"}}]),
    },
)
ENDS = st.sampled_from([("", None), ("Complete", 0), ("Failed", 1), ("Failed", 78)])


@given(SPECS, st.lists(ENDS, max_size=5), st.sampled_from(["", "1"]))
def test_plan_once_carried_out_leaves_nothing_to_write(spec, ends, now):
    body = audit({RUN_NOW: now} if now else {}, **spec)
    jobs = tuple(job(f"run-{number}", ended=ended) for number, (ended, _) in enumerate(ends))
    pods = tuple(pod(f"run-{number}", code=code, message=summary()) for number, (_, code) in enumerate(ends))
    children = Children(jobs=jobs, pods=pods)
    for _ in range(4):
        # Waiting runs start when others have ended, and a record comes before it can be pruned.
        children, body = _carried_out(body, children)

    made = planned(body, children)

    known = {one["metadata"]["name"]: one.get("status") for one in children.runs}
    assert (made.apply, made.create, made.delete) == ([], [], [])
    assert {name: plain(one) for name, one in made.run_status.items()} == {
        name: known[name] for name in made.run_status
    }


def _carried_out(body: dict, children: Children) -> tuple[Children, dict]:
    made = planned(body, children)
    held: dict[tuple[str, str], dict] = {}
    for kind, objects in (("Job", children.jobs), ("DagAuditRun", children.runs)):
        held |= {(kind, one["metadata"]["name"]): one for one in objects}
    cron = children.cron_job
    for kind, name in made.delete:
        held.pop((kind, name), None)
        cron = None if kind == "CronJob" else cron
    for one in made.create:
        held[one["kind"], one["metadata"]["name"]] = one
    for name, status in made.run_status.items():
        if ("DagAuditRun", name) in held:
            one = held["DagAuditRun", name]
            held["DagAuditRun", name] = {**one, "status": plain(status)}
    cron = made.apply[0] if made.apply else cron
    body = {**body, "status": {"runNowHandled": made.run_now_handled}}
    jobs = tuple(one for (kind, _), one in sorted(held.items()) if kind == "Job")
    runs = tuple(one for (kind, _), one in sorted(held.items()) if kind == "DagAuditRun")
    return Children(cron, jobs, children.pods, runs), body


@given(SPECS)
def test_equal_input_gives_equal_output(spec):
    children = Children(jobs=(job(ended="Complete"),), pods=(pod(code=0, message=summary()),))

    assert planned(audit(RUN_FIRST, **spec), children) == planned(audit(RUN_FIRST, **spec), children)

"""What a DagAudit's status says."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from controller.observed import Children
from controller.reconcile import plan
from controller.reconciler import plain
from controller.status import audit_status, next_time
from dagaudit.audit_status import AuditStatus
from dagaudit.spec import audit_from_resource
from tests.controller.objects import NOW, OPTIONS, audit, job, pod, run, summary


def status_of(
    body: dict, children: Children | None = None, problems: dict[str, str] | None = None, now: datetime = NOW
) -> AuditStatus:
    children = children or Children()
    made = plan(body, children, OPTIONS, now)
    return audit_status(body, made, children, problems or {}, (OPTIONS, now))


def conditions(status: AuditStatus) -> dict[str, tuple[str, str]]:
    return {one.type: (one.status, one.reason) for one in status.conditions}


def ended(name: str, result: str, hour: int) -> dict:
    stamp = f"2026-11-20T{hour:02}:00:00Z"
    return run(name, status={"result": result, "startTime": stamp, "completionTime": stamp})


def test_new_audit_is_ready_and_has_not_run():
    found = conditions(status_of(audit()))

    assert found["Ready"] == ("True", "Ready")
    assert found["Scheduled"] == ("True", "CronJobApplied")
    assert found["LastRunSucceeded"] == ("Unknown", "NeverRan")


def test_unset_things_have_no_condition():
    assert not {"LLMAvailable", "AirflowReachable"} & set(conditions(status_of(audit())))


def test_wrong_spec_is_not_ready():
    found = conditions(status_of(audit(pod={"serviceAccountName": "admin"})))

    assert (found["SpecValid"], found["Ready"]) == (("False", "Invalid"), ("False", "SpecInvalid"))


@pytest.mark.parametrize(
    ("problems", "reason"),
    [({"CronJob": "no"}, "CronJobRefused"), ({"Job": "no", "DagAuditRun": "no"}, "DagAuditRunRefused")],
)
def test_refused_write_is_not_ready(problems, reason):
    status = status_of(audit(), problems=problems)

    assert conditions(status)["Ready"] == ("False", reason)


def test_suspended_audit_says_so_and_fires_never():
    status = status_of(audit(suspend=True))

    assert (conditions(status)["Suspended"], status.next_schedule_time) == (("True", "Suspended"), None)


def test_transition_time_is_kept_while_the_status_stays():
    first = status_of(audit())

    second = status_of(audit(status=plain(first)), now=NOW + timedelta(hours=1))

    assert {one.last_transition_time for one in second.conditions} == {NOW}


def test_transition_time_moves_when_the_status_changes():
    first = status_of(audit())
    later = NOW + timedelta(hours=1)

    second = status_of(audit(suspend=True, status=plain(first)), now=later)

    moved = {one.type for one in second.conditions if one.last_transition_time == later}
    assert moved == {"Suspended"}


def test_generation_that_was_looked_at_is_told():
    status = status_of(audit())

    assert status.observed_generation == 3
    assert {one.observed_generation for one in status.conditions} == {3}


@pytest.mark.parametrize(
    ("zone", "schedule", "now", "expected"),
    [
        ("Etc/UTC", "0 2 * * *", "2026-11-21T01:00", "2026-11-21T02:00"),
        ("Europe/Vienna", "0 2 * * *", "2026-11-21T02:00", "2026-11-22T01:00"),
        ("Europe/Vienna", "0 4 * * *", "2026-03-28T12:00", "2026-03-29T02:00"),
        ("Europe/Vienna", "0 4 * * *", "2026-10-24T12:00", "2026-10-25T03:00"),
        ("America/New_York", "@daily", "2026-03-08T12:00", "2026-03-09T04:00"),
    ],
    ids=["UTC", "winter", "clocks forward", "clocks back", "alias"],
)
def test_next_time_is_the_zone_s(zone, schedule, now, expected):
    read = audit_from_resource(audit(schedule=schedule, timeZone=zone), "nightly")

    assert next_time(read, at(now)) == at(expected)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_unknown_zone_has_no_next_time():
    assert next_time(audit_from_resource(audit(timeZone="Mars/Base"), "nightly"), NOW) is None


def test_consecutive_failures_end_with_the_last_good_run():
    runs = tuple(
        ended(f"run-{hour}", result, hour)
        for hour, result in enumerate(["Failed", "Succeeded", "Failed", "Failed"])
    )

    assert status_of(audit(), Children(runs=runs)).consecutive_failures == 2


def test_newest_run_is_the_last_one_whatever_its_name():
    runs = (ended("b", "Succeeded", 1), ended("a", "Failed", 2))

    status = status_of(audit(), Children(runs=runs))

    assert (status.last_run.name, [one.name for one in status.history]) == ("a", ["a", "b"])


def test_last_run_that_failed_is_not_ready():
    body = job(ended="Failed", reason="BackoffLimitExceeded")

    found = conditions(status_of(audit(), Children(jobs=(body,), pods=(pod(code=1),), runs=(run(),))))

    assert (found["LastRunSucceeded"], found["Ready"]) == (("False", "ExitCode1"), ("False", "LastRunFailed"))


def test_run_tells_what_it_reached():
    message = summary(source_reachable=True, llm_available=False)
    llm = {"endpoint": "http://ollama.llm.svc:11434", "model": "llama3.2"}
    children = Children(jobs=(job(ended="Complete"),), pods=(pod(code=0, message=message),), runs=(run(),))

    found = conditions(status_of(audit(llm=llm), children))

    assert (found["SourceReachable"][0], found["LLMAvailable"][0]) == ("True", "False")


def test_last_good_time_outlives_its_run():
    status = status_of(audit(status={"lastSuccessfulTime": "2026-11-01T02:00:00Z"}))

    assert status.last_successful_time == at("2026-11-01T02:00")


def test_thousand_runs_make_no_large_status():
    long = "x" * 4000
    runs = tuple(
        run(
            f"nightly-{number:08}-{'n' * 40}",
            status={
                "result": ["Succeeded", "Failed", "Running"][number % 3],
                "startTime": (NOW - timedelta(hours=number)).isoformat(),
                "completionTime": (NOW - timedelta(hours=number)).isoformat(),
                "reportURI": "s3://reports/" + "r" * 900,
                "conditions": [
                    {
                        "type": "Succeeded",
                        "status": "False",
                        "reason": "ExitCode1",
                        "message": long,
                        "lastTransitionTime": NOW.isoformat(),
                    }
                ],
            },
        )
        for number in range(1000)
    )
    body = audit(runHistory={"successful": 50, "failed": 50})

    status = plain(status_of(body, Children(runs=runs)))

    assert (len(status["history"]), status.get("activeRuns")) == (10, None)
    assert len(json.dumps(status)) < 8 * 1024


def test_what_this_version_leaves_out_is_said():
    body = audit(policyRefs=[{"name": "house-rules"}], trigger={"s3Events": {"queueUrl": "https://sqs/q"}})

    said = {one.type: one.message for one in status_of(body).conditions}

    assert said["SpecValid"] == (
        "the spec can be acted on, but this version leaves out spec.trigger, spec.policyRefs"
    )

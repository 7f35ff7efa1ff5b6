"""What was seen, and what is no longer there."""

import json

from controller.observed import Observed
from tests.controller.objects import audit, job, pod, run

KEY = ("team", "nightly")


def seen(*objects: tuple[str, dict]) -> Observed:
    observed = Observed()
    for kind, body in objects:
        observed.see(kind, body, deleted=False)
    return observed


def at(body: dict, version: int, uid: str | None = None) -> dict:
    made = json.loads(json.dumps(body))
    made["metadata"]["resourceVersion"] = str(version)
    if uid:
        made["metadata"]["uid"] = uid
    return made


def test_children_belong_to_their_audit():
    observed = seen(("Job", job()), ("DagAuditRun", run()))

    assert [len(one) for one in (observed.children(KEY).jobs, observed.children(KEY).runs)] == [1, 1]
    assert observed.children(("team", "another")).jobs == ()


def test_object_without_our_label_concerns_nobody():
    stranger = job()
    stranger["metadata"]["labels"] = {}

    assert Observed().see("Job", stranger, deleted=False) is None


def test_older_version_does_not_replace_a_newer_one():
    observed = seen(("DagAudit", at(audit(suspend=True), 10)), ("DagAudit", at(audit(), 9)))

    assert observed.audits[KEY]["spec"]["suspend"] is True


def test_deleted_object_is_forgotten():
    observed = seen(("Job", job()))
    observed.see("Job", job(), deleted=True)

    assert observed.children(KEY).jobs == ()


def test_late_word_of_a_namesake_s_end_takes_nothing_away():
    observed = seen(("Job", at(job(), 20, "new")))
    observed.see("Job", at(job(), 15, "old"), deleted=True)

    assert len(observed.children(KEY).jobs) == 1


def test_what_we_deleted_is_gone_at_once():
    observed = seen(("Job", job()))
    observed.forget("Job", KEY, "run-1")

    assert observed.children(KEY).jobs == ()


def test_list_takes_away_what_the_watch_did_not_tell():
    observed = seen(("Job", at(job("run-1"), 5, "a")), ("Job", at(job("run-2"), 6, "b")))

    changed = observed.replace("Job", None, [at(job("run-2"), 6, "b")], 9)

    assert changed == {KEY}
    assert [one["metadata"]["name"] for one in observed.children(KEY).jobs] == ["run-2"]


def test_list_takes_away_a_deleted_audit():
    observed = seen(("DagAudit", at(audit(), 5)))

    assert (observed.replace("DagAudit", None, [], 9), observed.audits) == ({KEY}, {})


def test_list_of_before_does_not_take_away_what_came_after():
    observed = seen(("Job", at(job(), 12)))

    assert observed.replace("Job", None, [], 9) == set()
    assert len(observed.children(KEY).jobs) == 1


def test_list_of_one_namespace_says_nothing_of_another():
    observed = seen(("Job", at(job(), 5)))

    assert observed.replace("Job", "another", [], 9) == set()


def test_unchanged_list_changes_nothing():
    observed = seen(("DagAudit", at(audit(), 5)))

    assert observed.replace("DagAudit", None, [at(audit(), 5)], 9) == set()


def test_large_parts_that_nobody_reads_are_not_kept():
    body = at(pod(), 5) | {"spec": {"containers": []}}
    body["metadata"]["managedFields"] = [{}]
    observed = Observed()

    observed.replace("Pod", None, [body], 9)

    (kept,) = observed.children(KEY).pods
    assert (kept["spec"], "managedFields" in kept["metadata"]) == ({}, False)


def test_what_is_known_already_is_no_news():
    observed = seen(("Job", at(job(), 5)))

    news = [observed.see("Job", at(job(), version), deleted=False) for version in (4, 5, 6)]

    assert news == [None, None, KEY]

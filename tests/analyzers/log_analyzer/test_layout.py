"""Which attempt a path belongs to."""

import pytest

from analyzers.log_analyzer.layout import AttemptKey, Layout
from dagaudit.errors import SpecInvalid
from dagaudit.ports import SourceFile

KNOWN = {
    "dag_id=shop/run_id=manual__1/task_id=load/attempt=2.log": AttemptKey(
        "shop", "manual__1", "load", None, 2
    ),
    "dag_id=shop/run_id=r/task_id=g.load/map_index=3/attempt=1.log": AttemptKey("shop", "r", "g.load", 3, 1),
    "dag_id=shop/run_id=r/task_id=load/map_index=-1/attempt=1.log": AttemptKey("shop", "r", "load", None, 1),
    "bucket/logs/dag_id=a/run_id=r/task_id=t/attempt=10.log.gz": AttemptKey("a", "r", "t", None, 10),
    "dag_id=caf%C3%A9/run_id=manual__2026-11-20T06%3A00%3A00%2B00%3A00/task_id=t/attempt=1.log": AttemptKey(
        "café", "manual__2026-11-20T06:00:00+00:00", "t", None, 1
    ),
    "dag_id=a/run_id=scheduled__2026-11-20T06:00:00+00:00/task_id=t/attempt=1.log": AttemptKey(
        "a", "scheduled__2026-11-20T06:00:00+00:00", "t", None, 1
    ),
    "shop/load/2023-01-12T03:26:33.347+00:00/1.log": AttemptKey(
        "shop", "2023-01-12T03:26:33.347+00:00", "load", None, 1
    ),
    "shop/load/manual__2023-01-12T03:26:33+00:00/2.log": AttemptKey(
        "shop", "manual__2023-01-12T03:26:33+00:00", "load", None, 2
    ),
}
OTHERS = [
    "dag_processor/2026-11-20/dags-folder/shop.py.log",
    "scheduler/2023-01-12/shop.py.log",
    "dag_id=shop/run_id=r/task_id=load/attempt=one.log",
    "notes.txt",
    "attempt=1.log",
]
SIDES = {
    "dag_id=a/run_id=r/task_id=t/attempt=1.log": "",
    "dag_id=a/run_id=r/task_id=t/attempt=1.log.gz": "",
    "dag_id=a/run_id=r/task_id=t/attempt=1.log.SchedulerJob.log": ".SchedulerJob",
    "dag_id=a/run_id=r/task_id=t/attempt=1.log.trigger.17.log": ".trigger.17",
    "dag_id=a/run_id=r/task_id=t/attempt=1.log.trigger.17": ".trigger.17",
}


@pytest.mark.parametrize(("path", "key"), KNOWN.items(), ids=KNOWN)
def test_path_names_the_attempt(path, key):
    assert Layout().key_of(path)[0] == key


@pytest.mark.parametrize("path", OTHERS)
def test_other_path_names_none(path):
    assert Layout().key_of(path) is None


@pytest.mark.parametrize(("path", "side"), SIDES.items(), ids=SIDES)
def test_side_file_is_told_from_the_main_one(path, side):
    assert Layout().key_of(path)[1] == side


MAPPED = "{% if ti.map_index >= 0 %}i={{ ti.map_index }}/{% endif %}{{ try_number }}.log"
TEMPLATES = {
    "{{ ti.dag_id }}/{{ ti.task_id }}/{{ ts }}/{{ try_number }}.log": "shop/load/2026-11-20T06:00:00/3.log",
    "{dag_id}/{task_id}/{execution_date}/{try_number}.log": "shop/load/2026-11-20/3.log",
    "t/{{ ti.dag_id }}--{{ ti.task_id }}/{{ ti.run_id }}_{{ try_number }}.log": "t/shop--load/r1_3.log",
    "dag={{ ti.dag_id }}/task={{ ti.task_id }}/" + MAPPED: "dag=shop/task=load/3.log",
}


@pytest.mark.parametrize(("template", "path"), TEMPLATES.items(), ids=TEMPLATES)
def test_template_of_the_site_is_followed(template, path):
    key, _ = Layout.of_template(template).key_of(path)

    assert (key.dag_id, key.task_id, key.try_number) == ("shop", "load", 3)


def test_template_gives_the_map_index():
    template = "{{ ti.dag_id }}/{{ ti.task_id }}/" + MAPPED

    assert Layout.of_template(template).key_of("shop/load/i=7/1.log")[0].map_index == 7


def test_template_without_a_task_is_refused():
    with pytest.raises(SpecInvalid, match="task_id"):
        Layout.of_template("{{ ti.dag_id }}/{{ try_number }}.log")


def test_side_files_join_their_attempt():
    base = "dag_id=a/run_id=r/task_id=t/attempt=1.log"
    files = [
        SourceFile(path, 1, "v")
        for path in (f"{base}.trigger.3.log", base, f"{base}.SchedulerJob.log", "x.log")
    ]

    attempts, strange = Layout().attempts(files)

    assert [file.path for file in attempts[0].files] == [
        base,
        f"{base}.SchedulerJob.log",
        f"{base}.trigger.3.log",
    ]
    assert [file.path for file in strange] == ["x.log"]

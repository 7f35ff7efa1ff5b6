import pytest

from dagaudit.adapters.cloudwatch_events import Lines, is_note
from dagaudit.adapters.cloudwatch_streams import holds_attempts, path_of

MILLISECONDS = 1795226400007
STAMP = '"timestamp":"2026-11-21T02:00:00.007Z"'
TIME = "[2026-11-21T02:00:00.007+0000]"
TEXT = "[2026-11-21T02:00:00.000+0000] {x.py:1} ERROR - no"
EVENTS = {
    "record of Airflow 3": (
        '{"logger": "t", "event": "x\\u00e4", "level": "info"}',
        f'{{{STAMP},"level":"info","event":"xä","logger":"t"}}',
    ),
    "wrapping over several lines": ('{\n "log": "x"\n}', f'{{{STAMP},"log": "x" }}'),
    "record with a time": ('{"timestamp":"2026","event":"x"}', '{"timestamp":"2026","event":"x"}'),
    "collector's wrapping": ('{"log":"[x] y"}', f'{{{STAMP},"log":"[x] y"}}'),
    "wrapping with a time": ('{"log":"x","time":"2026"}', '{"log":"x","time":"2026"}'),
    "record over several lines": ('{\n "event": "a\\nb"\n}', f'{{{STAMP},"event":"a\\nb"}}'),
    "record that was cut off": ('{"level":"info","event":"ab', f'{{{STAMP},"level":"info","event":"ab'),
    "other object": ('{"rows": 3}', '{"rows": 3}'),
    "array": ("[1, 2]", f"{TIME} [1, 2]"),
    "text without a time": ("Task exited\nwith 1", f"{TIME} Task exited\nwith 1"),
    "text with another time": ("2026-11-21 02:00:00,000 - x", "2026-11-21 02:00:00,000 - x"),
    "Python's dict": ("{'event': 1}", f"{TIME} {{'event': 1}}"),
    "coloured text": (f"\x1b[34m{TEXT}", f"\x1b[34m{TEXT}"),
    "call site without a time": ("{x.py:1} INFO - y", f"{TIME} {{x.py:1}} INFO - y"),
    "traceback of Airflow 2": (f"{TEXT}\nTraceback\n  File\r\n", f"{TEXT}\nTraceback\n  File"),
    "object within a text": (f'{TEXT}\n{{"message":"z"}}', f'{TEXT}\n{{"message":"z"}}'),
    "two records": ('{"event":"a"}\n{"event":"b"}', f'{{{STAMP},"event":"a"}}\n{{{STAMP},"event":"b"}}'),
    "nothing": ("", ""),
    "half a character": (f"{TEXT} \ud83d", f"{TEXT} \\ud83d"),
}


@pytest.mark.parametrize(("message", "line"), EVENTS.values(), ids=EVENTS.keys())
def test_event_becomes_the_lines_of_a_file(message, line):
    assert Lines().of([{"message": message, "timestamp": MILLISECONDS}]).decode() == f"{line}\n"


def test_events_of_one_millisecond_keep_their_order():
    events = [{"message": f"{number}", "timestamp": MILLISECONDS} for number in (3, 1, 2)]

    assert Lines().of(events) == "".join(f"{TIME} {number}\n" for number in (3, 1, 2)).encode()


def test_traceback_that_was_sent_line_by_line_stays_one():
    text = Lines()
    sent = [
        "Failed",
        "Traceback (most recent call last):",
        '  File "x.py", line 1',
        "    y",
        "KeyError: 1",
        "Next",
    ]
    pages = [text.of([{"message": each, "timestamp": MILLISECONDS}]).decode() for each in sent]

    assert "".join(pages).splitlines() == [f"{TIME} Failed", *sent[1:-1], f"{TIME} Next"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("No log stream found in CloudWatch for this task", True),
        ("*** Could not read remote logs from log_group: g log_stream: s.", True),
        ('{"event":"No log stream found in CloudWatch at g","level":"info"}', True),
        ('{"event":"No log stream found in CloudWatch","logger":"task.stdout"}', False),
        (f"{TEXT}: No log stream found in CloudWatch", False),
    ],
)
def test_only_airflows_own_word_of_a_missing_log_is_a_note(message, expected):
    assert is_note({"message": message}) is expected


RUN = "dag_id=d/run_id={}/task_id=t/attempt=1.log"
PATHS = {
    "scheduled": (
        RUN.format("scheduled__2026-11-21T02_00_00+00_00"),
        RUN.format("scheduled__2026-11-21T02:00:00+00:00"),
    ),
    "fraction and suffix": (
        RUN.format("asset_triggered__2026-11-16T00_00_02.582735-05_30_5vP8"),
        RUN.format("asset_triggered__2026-11-16T00:00:02.582735-05:30_5vP8"),
    ),
    "older layout": ("d/t/2026-11-21T02_00_00+00_00/1.log", "d/t/2026-11-21T02:00:00+00:00/1.log"),
    "no offset": (RUN.format("mine_2026-11-21T02_00_00"), RUN.format("mine_2026-11-21T02_00_00")),
    "a person's name": (RUN.format("re_run_1_2"), RUN.format("re_run_1_2")),
    "other keys": ("dag_id=2026-11-21T02_00_00-05_00/x", "dag_id=2026-11-21T02_00_00-05_00/x"),
}


@pytest.mark.parametrize(("stream", "path"), PATHS.values(), ids=PATHS.keys())
def test_only_whole_times_in_run_ids_get_their_colons_back(stream, path):
    assert path_of(stream) == path


@pytest.mark.parametrize(
    ("group", "expected"),
    [("airflow-prod-Task", True), ("airflow-prod-Scheduler", False), ("airflow-prod-DAGProcessing", False)],
)
def test_groups_of_mwaas_other_modules_hold_no_attempts(group, expected):
    assert holds_attempts(group) is expected

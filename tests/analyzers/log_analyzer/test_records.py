"""Records from every shape of line."""

import gzip
import io
import json

import pytest

from analyzers.log_analyzer.physical_lines import MAX_LINE_BYTES, PhysicalLine, keep_lines
from analyzers.log_analyzer.records import in_order_of_time, records
from analyzers.log_analyzer.timestamps import moment, seconds


def read(text):
    return records(keep_lines(io.BytesIO(text.encode() if isinstance(text, str) else text)).lines)


def test_json_line_is_a_record():
    found = read(
        '{"timestamp":"2026-11-20T06:00:00.5Z","level":"info","event":"loaded","logger":"shop","rows":3}\n'
    )

    assert (found[0].event, found[0].level, found[0].logger, found[0].fields) == (
        "loaded",
        "info",
        "shop",
        {"rows": 3},
    )


STAMPS = {
    "2023-01-12T03:26:33.347+0000": "2023-01-12T03:26:33.347000+00:00",
    "2021-07-27 09:54:44,249": "2021-07-27T09:54:44.249000+00:00",
    "2024-04-18, 01:32:20 IST": "2024-04-17T20:02:20+00:00",
    "2026-11-20T06:00:00.123456Z": "2026-11-20T06:00:00.123456+00:00",
    "2026-11-20T07:00:00+01:00": "2026-11-20T06:00:00+00:00",
}


@pytest.mark.parametrize(("text", "iso"), STAMPS.items(), ids=STAMPS)
def test_timestamp_is_understood(text, iso):
    assert moment(seconds(text)).isoformat() == iso


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-40T99:00:00Z", "2026-02-30T00:00:00Z", "12"])
def test_no_timestamp_is_none(text):
    assert seconds(text) is None


@pytest.mark.parametrize("stamp", list(STAMPS)[:3])
def test_airflow_2_prefix_is_unwrapped(stamp):
    found = read(f"[{stamp}] {{taskinstance.py:1150}} ERROR - Task failed with exception\n")

    assert (found[0].event, found[0].level, found[0].filename) == (
        "Task failed with exception",
        "error",
        "taskinstance.py",
    )


def test_lines_of_a_traceback_continue_their_record():
    text = (
        "[2021-07-27 09:54:44,249] {x.py:1} ERROR - no\nTraceback (most recent call last):\nKeyError: 'a'\n"
    )

    found = read(text)

    assert [(line.line, line.text) for line in found[0].continuation] == [
        (2, "Traceback (most recent call last):"),
        (3, "KeyError: 'a'"),
    ]


def test_second_prefix_is_unwrapped_too():
    inner = "[2021-07-27 09:54:44,200] {warehouse.py:7} WARNING - slow"

    found = read(f"[2021-07-27 09:54:44,249] {{logging_mixin.py:112}} INFO - {inner}\n")

    assert (found[0].event, found[0].level, found[0].filename) == ("slow", "warning", "warehouse.py")


WRAPPED = {
    "cri": '2026-11-20T06:00:00.1Z stdout F {"timestamp":"2026-11-20T06:00:00Z","level":"info","event":"ok"}',
    "fluent-bit": json.dumps(
        {
            "log": '{"level":"info","event":"ok"}\n',
            "kubernetes": {"pod_name": "p"},
            "time": "2026-11-20T06:00:00Z",
        }
    ),
    "docker": json.dumps({"log": "[2026-11-20T06:00:00.0Z] {a.py:1} INFO - ok\n", "stream": "stdout"}),
    "cloudwatch": json.dumps({"timestamp": 1795154400000, "message": '{"level":"info","event":"ok"}'}),
    "an object within": json.dumps({"message": {"level": "info", "event": "ok"}, "timestamp": 1795154400000}),
    "MWAA": "[2026-11-20, 06:00:00 UTC] {{a.py:1}} INFO - ok",
    "a console": "2026-11-20T06:00:00.0Z [info     ] ok [airflow.task] loc=a.py:1",
    "colours": '\x1b[32m{"timestamp":"2026-11-20T06:00:00Z","level":"info","event":"ok"}\x1b[0m',
}


@pytest.mark.parametrize("line", WRAPPED.values(), ids=WRAPPED)
def test_wrapping_is_taken_off(line):
    found = read(line + "\n")

    assert (found[0].event, found[0].level, found[0].timestamp) == ("ok", "info", 1795154400.0)


def test_line_split_by_the_container_runtime_is_joined():
    found = read('2026-11-20T06:00:00Z stdout P {"event":"one \n2026-11-20T06:00:00Z stdout F two"}\n')

    assert found[0].event == "one two"


def test_progress_bar_shows_what_it_said_last():
    found = read("10%\r50%\r100% done\n")

    assert found[0].event == "100% done"


def test_broken_json_still_tells_its_event():
    found = read(
        '{"timestamp":"2026-11-20T06:00:00Z","level":"error","event":"Task failed with exception","error\n'
    )

    assert (found[0].event, found[0].level) == ("Task failed with exception", "error")


@pytest.mark.parametrize(
    "data", [b"\x00\xff\xfe\x01\n" * 50, b"{}\n[]\n", b'{"event": 7}\n', b'{"event": null}\n', b"{" * 5000]
)
def test_junk_is_no_crash(data):
    assert isinstance(read(data), list)


HOSTILE = (
    b"2026-11-20T06:00:00Z [info ] ",
    b"[2026-11-20T06:00:00Z] ",
    b'{"event":"',
    b"\x1b[",
    b"Traceback (most recent call last):\n",
)


@pytest.mark.parametrize("start", HOSTILE)
@pytest.mark.parametrize("filler", [b" ", b" [", b"\\", b"  | "])
def test_hostile_line_is_read_at_once(start, filler):
    assert read(start + filler * 100_000)


def test_records_are_put_in_order_of_time():
    text = (
        '{"timestamp":"2026-11-20T06:00:02Z","event":"b"}\n{"timestamp":"2026-11-20T06:00:01Z","event":"a"}\n'
    )

    assert [(r.event, r.line) for r in in_order_of_time(read(text))] == [("a", 2), ("b", 1)]


def test_gzip_is_unpacked():
    assert read(gzip.compress(b'{"event":"ok"}\n'))[0].event == "ok"


def test_gzip_of_several_members_is_read_to_its_end():
    found = read(gzip.compress(b'{"event":"a"}\n') + gzip.compress(b'{"event":"b"}\n'))

    assert [r.event for r in found] == ["a", "b"]


def test_cut_gzip_gives_what_there_is_and_says_so():
    data = gzip.compress(b"".join(b'{"event":"%d"}\n' % i for i in range(5000)))

    kept = keep_lines(io.BytesIO(data[: len(data) // 2]))

    assert kept.lines
    assert "breaks off" in kept.damage


def test_numbers_are_those_of_the_file():
    assert [line.number for line in keep_lines(io.BytesIO(b"a\r\n\nb")).lines] == [1, 2, 3]


def test_long_line_is_cut_and_said_so():
    kept = keep_lines(io.BytesIO(b"a\n" + b"x" * (2 * MAX_LINE_BYTES) + b"\nb\n"))

    assert (kept.cut, kept.total, len(kept.lines[1].data)) == ((2,), 3, MAX_LINE_BYTES)


def test_long_log_keeps_its_ends_and_the_lines_that_decide():
    body = b"".join(b"row %d\n" % i for i in range(5000))
    text = body + b"Task failed with exception\n" + body

    kept = keep_lines(io.BytesIO(text), head_bytes=200, tail_bytes=400)

    assert (kept.lines[0], kept.lines[-1].number) == (PhysicalLine(1, b"row 0"), 10001)
    assert PhysicalLine(5001, b"Task failed with exception") in kept.lines
    assert kept.dropped == kept.total - len(kept.lines) > 9000


class Endless(io.RawIOBase):
    """A stream of one kind of chunk, so that the test holds no large log itself."""

    def __init__(self, chunk, times):
        self.left = times
        self.chunk = chunk

    def read(self, size=-1):
        self.left -= 1
        return self.chunk if self.left >= 0 else b""


@pytest.mark.parametrize(
    ("chunk", "times"), [(b"x" * (1 << 18), 200), (b'{"event":"row of data"}\n' * 10000, 60)]
)
def test_memory_stays_bounded(chunk, times):
    import tracemalloc

    tracemalloc.start()
    keep_lines(Endless(chunk, times))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 120 << 20

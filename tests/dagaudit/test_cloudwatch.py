import time

import pytest

from dagaudit.adapters import open_log_source
from dagaudit.adapters.cloudwatch import Clocks, CloudWatchTree
from dagaudit.adapters.cloudwatch_calls import Bucket
from dagaudit.address import parse
from dagaudit.errors import SourceMissing, SourceUnreadable
from tests.dagaudit.cloudwatch_place import STREAM, TIME, impatient

PATH = "dag_id=d/run_id=scheduled__2026-11-21T02:00:00+00:00/task_id=t/attempt={}.log"
HOUR = 3600


LINES = "".join(f"{TIME} line {number}\n" for number in range(10)).encode()
FIRST = f"{TIME} line 0\n".encode()
SECOND = f"{TIME} second"


def tree(group, clocks=None, **options):
    address = parse(f"cloudwatch://eu-west-1/{group}").with_options(options)
    return CloudWatchTree(address, clocks=clocks)


def content(source):
    (file,) = source.files()
    return source.read(file)


def test_streams_are_files_in_airflows_layout(groups, task):
    groups.put(task, STREAM.format(2), "x")

    source = open_log_source(f"cloudwatch://eu-west-1/{task}")

    assert [file.path for file in source.files()] == [PATH.format(1), PATH.format(2)]


def test_more_streams_than_a_page_are_all_listed(groups, task, faults):
    for number in range(2, 8):
        groups.put(task, STREAM.format(number), "x")
    faults.page_size = 2

    assert len(list(tree(task).files())) == 7
    assert faults.seen.count("DescribeLogStreams") == 4


def test_stream_that_is_listed_twice_is_one_file(task, faults):
    faults.befall("DescribeLogStreams", "twice")

    assert [file.path for file in tree(task).files()] == [PATH.format(1)]


def test_prefix_names_the_group_in_the_path_and_leaves_other_modules_out(groups, task):
    groups.put(groups.group("WebServer"), "webserver_host", "x")

    (file,) = tree(f"{groups.name}*").files()

    assert file.path == f"{task}/{PATH.format(1)}"


def test_several_groups_are_read_together(groups, task):
    other = groups.group("more")
    groups.put(other, STREAM.format(3), SECOND)
    source = tree(f"{task},{other}")

    assert [source.read(file) for file in source.files()] == [LINES, f"{SECOND}\n".encode()]


def test_two_airflows_are_not_taken_for_one(groups, task):
    groups.put(groups.group("other-Task"), STREAM.format(1), "x")

    with pytest.raises(SourceUnreadable, match="belong to different Airflows; audit each"):
        list(tree(f"{groups.name}*").files())


def test_version_changes_with_late_events_and_they_are_read(groups, task):
    (before,) = tree(task).files()
    groups.add(task, STREAM.format(1), SECOND, age_seconds=50)

    source = tree(task)
    (after,) = source.files()

    assert after.version != before.version
    assert source.read(after) == LINES + f"{SECOND}\n".encode()


def test_streams_older_than_the_lookback_are_left_out(groups, task):
    later = Clocks(now=lambda: time.time() + 3 * HOUR)

    assert len(list(tree(task, later, lookbackHours="3").files())) == 1
    with pytest.raises(SourceMissing, match="nothing was written there in the last 1 hours; check that"):
        list(tree(task, later, lookbackHours="1").files())


def test_listing_ends_well_behind_the_window(groups, task, faults):
    for number in range(2, 8):
        groups.put(task, STREAM.format(number), "x")
    faults.page_size = 2
    later = Clocks(now=lambda: time.time() + 40 * HOUR)

    with pytest.raises(SourceMissing):
        list(tree(task, later, lookbackHours="1").files())

    assert faults.seen.count("DescribeLogStreams") == 1


def test_pages_are_read_to_the_end(task, faults):
    faults.page_size = 3

    assert content(tree(task)) == LINES
    assert faults.seen.count("GetLogEvents") == 5


def test_stream_is_read_page_by_page(task, faults):
    faults.page_size = 3
    source = tree(task)
    (file,) = source.files()

    with source.open(file) as stream:
        assert stream.readline() == FIRST
        assert faults.seen.count("GetLogEvents") <= 2
        assert stream.read() == LINES.removeprefix(FIRST)


def test_empty_pages_are_not_the_end(task, faults):
    faults.page_size = 4
    faults.befall("GetLogEvents", "empty", "", "empty", "empty", "empty", "empty", "", "empty")

    assert content(tree(task)) == LINES


@pytest.mark.parametrize("mishap", ["ThrottlingException", "500", "503"])
@pytest.mark.parametrize("call", ["DescribeLogStreams", "GetLogEvents"])
def test_passing_trouble_is_not_noticed(task, faults, call, mishap):
    faults.befall(call, mishap)

    assert content(tree(task)) == LINES


def test_lasting_throttling_costs_the_one_stream(groups, task, faults):
    groups.put(task, STREAM.format(2), SECOND)
    source = CloudWatchTree(parse(f"cloudwatch://eu-west-1/{task}"), impatient())
    first, second = source.files()
    faults.befall("GetLogEvents", "ThrottlingException")

    with pytest.raises(SourceUnreadable, match="CloudWatch Logs was too busy"):
        source.read(first)
    assert source.read(second) == f"{SECOND}\n".encode()


def test_stream_that_never_ends_is_given_up_in_time(task, faults):
    faults.befall("GetLogEvents", *["empty"] * 50)
    seconds = iter(range(0, 10_000, 50))
    source = tree(task, Clocks(elapsed=lambda: next(seconds)))
    (file,) = source.files()

    with pytest.raises(SourceUnreadable, match="not read to its end within 120 seconds, after 0 events"):
        source.read(file)
    assert faults.seen.count("GetLogEvents") == 3


def test_spent_events_are_told_stream_by_stream(groups, task):
    groups.put(task, STREAM.format(2), SECOND)
    source = tree(task, maxEvents="10")
    first, second = source.files()

    assert source.read(first) == LINES
    with pytest.raises(SourceUnreadable, match="not read to its end, maxEvents of 10"):
        source.read(second)


def test_stream_longer_than_the_events_allowed_is_no_whole_log(task):
    with pytest.raises(SourceUnreadable, match="maxEvents of 9 is used up; raise it"):
        content(tree(task, maxEvents="9"))


def test_stream_that_was_deleted_since_is_missing_when_it_is_opened(groups, task):
    source = tree(task)
    (file,) = source.files()
    groups.client.delete_log_stream(logGroupName=task, logStreamName=STREAM.format(1))

    with pytest.raises(SourceMissing, match="does not exist any more"), source.open(file):
        pass


def test_note_that_there_is_no_log_is_no_log(groups):
    group = groups.group()
    groups.put(group, STREAM.format(1), "No log stream found in CloudWatch for this task")

    with pytest.raises(SourceMissing, match="holds no log, only Airflow's note"):
        content(tree(group))


def test_file_that_was_not_listed_is_missing(task):
    (file,) = tree(task).files()

    with pytest.raises(SourceMissing, match="was not listed"):
        tree(task).read(file)


def test_calls_are_paced():
    now = [0.0]
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        now[0] += seconds

    bucket = Bucket(4.0, lambda: now[0], sleep)
    for _ in range(8):
        bucket.take()

    assert waits == [0.25] * 4

"""No key is worked on twice at once, and none is lost."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.work_queue import LONGEST_RETRY_SECONDS, WorkQueue


class Clock:
    """Time that passes when told to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


LOOP = asyncio.Runner()


@pytest.fixture(scope="module", autouse=True)
def _loop_ends():
    with LOOP:
        yield


def queue_of(clock: Clock) -> WorkQueue[str]:
    return WorkQueue(clock, jitter=lambda: 0.5)


def got(queue: WorkQueue[str]) -> str | None:
    """The next key, or None where none is ready."""

    async def take() -> str | None:
        taking = asyncio.create_task(queue.get())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if not taking.done():
            taking.cancel()
            return None
        return taking.result()[0]

    return LOOP.run(take())


def test_hundred_events_are_one_piece_of_work(clock):
    queue = queue_of(clock)
    for _ in range(100):
        queue.add("a")

    assert [got(queue), got(queue)] == ["a", None]


def test_key_that_is_worked_on_is_not_handed_out_again(clock):
    queue = queue_of(clock)
    queue.add("a")
    got(queue)

    queue.add("a")

    assert got(queue) is None


def test_key_added_while_worked_on_comes_once_more(clock):
    queue = queue_of(clock)
    queue.add("a")
    got(queue)
    queue.add("a")
    queue.add("a")

    queue.done("a")

    assert [got(queue), got(queue)] == ["a", None]


def test_first_come_is_first_served(clock):
    queue = queue_of(clock)
    for key in "cab":
        queue.add(key)

    assert [got(queue), got(queue), got(queue)] == ["c", "a", "b"]


def test_later_is_not_now(clock):
    queue = queue_of(clock)
    queue.add_after("a", 10)
    clock.now += 9.9

    assert got(queue) is None

    clock.now += 0.2
    assert got(queue) == "a"


@pytest.mark.parametrize("times", [(5, 50), (50, 5)])
def test_earliest_of_several_times_counts(clock, times):
    queue = queue_of(clock)
    for seconds in times:
        queue.add_after("a", seconds)
    clock.now += 6
    first = got(queue)
    queue.done("a")
    clock.now += 100

    assert (first, got(queue)) == ("a", None)


def test_waiting_time_is_told(clock):
    queue = queue_of(clock)
    queue.add("a")
    clock.now += 7

    assert queue.oldest_seconds() == 7
    assert LOOP.run(queue.get()) == ("a", 7)


def test_delays_after_failures_double_up_to_ten_minutes(clock):
    queue = queue_of(clock)

    delays = [queue.retry("a") for _ in range(12)]

    assert delays == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, LONGEST_RETRY_SECONDS, LONGEST_RETRY_SECONDS]


@pytest.mark.parametrize(("jitter", "delay"), [(0.0, 0.75), (1.0, 1.25)])
def test_jitter_spreads_a_delay_by_a_quarter(clock, jitter, delay):
    assert WorkQueue[str](clock, jitter=lambda: jitter).retry("a") == delay


def test_success_ends_the_growth(clock):
    queue = queue_of(clock)
    queue.retry("a")
    queue.retry("a")

    queue.forget_failures("a")

    assert (queue.failures("a"), queue.retry("a")) == (0, 1)


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "get", "done", "later", "wait"]), st.sampled_from("abc")), max_size=60
)


@given(STEPS)
def test_no_key_is_doubled_and_none_is_lost(steps):
    clock = Clock()
    queue = queue_of(clock)
    busy: list[str] = []
    owed: set[str] = set()
    for verb, key in steps:
        if verb == "add":
            queue.add(key)
            owed.add(key)
        elif verb == "later":
            queue.add_after(key, 5)
            owed.add(key)
        elif verb == "wait":
            clock.now += 5
        elif verb == "done" and key in busy:
            busy.remove(key)
            queue.done(key)
        elif verb == "get" and (taken := got(queue)) is not None:
            assert taken not in busy
            busy.append(taken)
            owed.discard(taken)
    clock.now += 10
    for key in busy:
        queue.done(key)
    while (taken := got(queue)) is not None:
        owed.discard(taken)
        queue.done(taken)

    assert not owed

"""When the operator should be restarted."""

import json
import urllib.error
import urllib.request

import pytest

from controller.health import MAX_LOOP_LAG_SECONDS, MAX_SILENCE_SECONDS, Watchdog, serve

OURS = {"spec": {"holderIdentity": "me"}}


class Clock:
    """Time that passes when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watchdog(clock: Clock) -> Watchdog:
    return Watchdog("me", clock)


def test_follower_need_not_see_the_lease(watchdog, clock):
    clock.now = MAX_SILENCE_SECONDS + 1
    watchdog.beat()

    assert watchdog.problem() is None


def test_leader_whose_watch_is_silent_is_not_healthy(watchdog, clock):
    watchdog.starts_to_lead()
    clock.now = MAX_SILENCE_SECONDS + 1
    watchdog.beat()

    assert "has not come back through the watch for 91 s" in watchdog.problem()


@pytest.mark.parametrize(
    ("lease", "healthy"), [(OURS, True), ({"spec": {"holderIdentity": "x"}}, False), ({}, False)]
)
def test_only_our_own_lease_counts(watchdog, clock, lease, healthy):
    watchdog.starts_to_lead()
    clock.now = MAX_SILENCE_SECONDS - 1
    watchdog.lease_came_back(lease)
    clock.now = MAX_SILENCE_SECONDS + 1
    watchdog.beat()

    assert (watchdog.problem() is None) is healthy


def test_loop_that_hangs_is_not_healthy(watchdog, clock):
    clock.now = MAX_LOOP_LAG_SECONDS + 1

    assert "the event loop has not turned for 31 s" in watchdog.problem()


def test_health_is_served_beside_the_loop(watchdog, clock):
    server = serve(watchdog, 0)
    try:
        port = server.server_address[1]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            assert json.loads(answer.read()) == {"problem": None}
        clock.now = MAX_LOOP_LAG_SECONDS + 1
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz")
        assert refused.value.code == 503
        refused.value.close()
    finally:
        server.shutdown()
        server.server_close()

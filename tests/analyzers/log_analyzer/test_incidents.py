"""Incidents: what was noted on a cause comes back with it and with its like."""

import pytest

from analyzers.log_analyzer.incidents import keep_incidents, likeness, read_incidents, recalled
from dagaudit.incident import INCIDENTS, note_key
from tests.analyzers.log_analyzer.task_logs import failed, failure, raised, section
from tests.analyzers.log_analyzer.test_causes import path
from tests.fakes import MemoryStore


def refused(dag, host):
    words = f"HTTPConnectionPool(host='{host}', port=8080): Connection refused by {host}"
    return section({path(dag): failed(failure(raised("ConnectionError", words)))})


@pytest.fixture
def store():
    """A reports root that knows one incident, with a note."""
    made = MemoryStore()
    before = refused("orders", "api.orders.internal")
    keep_incidents(before, made)
    made.write(note_key(before.causes[0].cause_id), b"2026-11-20 restarted the gateway, password=hunter22\n")
    return made


def test_note_comes_back_with_the_same_cause(store):
    (cause,) = recalled(refused("orders", "api.orders.internal"), store).causes

    (found,) = cause.recalled
    assert (found.cause_id, found.likeness) == (cause.cause_id, 1)
    assert found.note.startswith("2026-11-20 restarted the gateway")
    assert cause.known_since == cause.first_seen


def test_note_is_masked(store):
    assert "hunter22" not in recalled(refused("orders", "api.orders.internal"), store).model_dump_json()


def test_note_comes_with_a_similar_cause(store):
    (cause,) = recalled(refused("prices", "api.prices.internal"), store).causes

    (found,) = cause.recalled
    assert found.cause_id != cause.cause_id
    assert 0.6 <= found.likeness < 1
    assert cause.known_since is None


def test_other_failures_recall_nothing(store):
    other = section({path("a"): failed(failure(raised("KeyError", "'bucket'")))})

    assert recalled(other, store).causes[0].recalled == ()


def test_incident_grows_over_reports(store):
    keep_incidents(refused("orders", "api.orders.internal"), store)

    (incident,) = read_incidents(store).incidents
    assert incident.reports == 2
    assert incident.first_seen <= incident.last_seen


def test_damaged_memory_costs_the_recall_only(store):
    store.objects[INCIDENTS] = b"{"
    before = refused("prices", "api.prices.internal")

    assert recalled(before, store).causes == before.causes


def test_likeness_is_a_cosine():
    assert likeness("connection refused", "connection refused") == pytest.approx(1)
    assert likeness("connection refused", "") < 0.2
    assert likeness("abc", "xyz") == likeness("xyz", "abc") < 0.3

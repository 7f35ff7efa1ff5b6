"""What was found in DAG files on this machine's disk does not grow for ever."""

import os

import pytest

from dagaudit.adapters import audit_cache
from dagaudit.adapters.audit_cache import FolderCache


@pytest.fixture
def cache(tmp_path):
    return FolderCache(tmp_path / "code")


def used_long_ago(tmp_path, *keys):
    for number, key in enumerate(keys):
        os.utime(tmp_path / "code" / f"{key}.json", (number, number))


def test_entry_is_read_as_it_was_written_by_nobody_else(cache, tmp_path):
    cache.put("a", b"1")

    assert cache.get("a") == b"1"
    assert (tmp_path / "code").stat().st_mode & 0o077 == 0


def test_oldest_entry_goes_first(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(audit_cache, "MAX_ENTRIES", 3)
    for key in "abc":
        cache.put(key, b"1")
    used_long_ago(tmp_path, *"abc")
    cache.get("a")

    cache.put("d", b"1")

    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]


def test_large_entries_push_others_out(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(audit_cache, "MAX_BYTES", 100)
    cache.put("a", b"x" * 40)
    cache.put("b", b"x" * 40)
    used_long_ago(tmp_path, *"ab")

    cache.put("c", b"x" * 300)

    assert [key for key in "abc" if cache.get(key)] == ["c"]


def test_folder_that_cannot_be_made_costs_nothing(tmp_path):
    (tmp_path / "code").write_text("a file")
    cache = FolderCache(tmp_path / "code" / "below")

    cache.put("a", b"1")

    assert cache.get("a") is None

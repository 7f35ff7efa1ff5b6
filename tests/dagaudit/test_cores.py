"""A container's CPU limit decides how many cores are used."""

import os

import pytest

from dagaudit.cores import usable_cores


@pytest.fixture(autouse=True)
def sixteen_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(16)), raising=False)


@pytest.fixture
def group(tmp_path):
    def made(groups, files):
        (tmp_path / "cgroup").write_text(groups)
        for path, text in files.items():
            (tmp_path / "root" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "root" / path).write_text(text)
        return usable_cores(tmp_path / "cgroup", tmp_path / "root")

    return made


@pytest.mark.parametrize(
    ("limit", "cores"),
    [("200000 100000\n", 2), ("250000 100000\n", 3), ("50000 100000\n", 1), ("max 100000\n", 16)],
)
def test_limit_of_a_pod(group, limit, cores):
    assert group("0::/\n", {"cpu.max": limit}) == cores


def test_limit_of_a_group_above_counts(group):
    files = {"kubepods/cpu.max": "400000 100000\n", "kubepods/pod1/cpu.max": "max 100000\n"}

    assert group("0::/kubepods/pod1\n", files) == 4


def test_older_control_groups(group):
    files = {"cpu/docker/1/cpu.cfs_quota_us": "150000\n", "cpu/docker/1/cpu.cfs_period_us": "100000\n"}

    assert group("3:cpu,cpuacct:/docker/1\n", files) == 2


def test_no_limit_in_older_control_groups(group):
    assert (
        group("3:cpu:/a\n", {"cpu/a/cpu.cfs_quota_us": "-1\n", "cpu/a/cpu.cfs_period_us": "100000\n"}) == 16
    )


def test_system_without_control_groups(tmp_path):
    assert usable_cores(tmp_path / "none", tmp_path / "none") == 16

"""How many processor cores this process may really use: a container's limit counts, not the node's size."""

import os
from pathlib import Path

_CGROUPS = Path("/proc/self/cgroup")
_ROOT = Path("/sys/fs/cgroup")


def usable_cores(groups: Path = _CGROUPS, root: Path = _ROOT) -> int:
    """Cores, at least 1: those it may be scheduled on, and no more than its CPU limit allows, rounded up.

    Args:
        groups: which control groups this process is in, as the kernel lists them.
        root: where the control groups are mounted.
    """
    # Not every system knows which cores a process may be scheduled on.
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    limits = [limit for folder in _folders(groups, root) if (limit := _limit(folder)) is not None]
    return max(1, min([cores, *(-(-quota // period) for quota, period in limits)]))


def _folders(groups: Path, root: Path) -> list[Path]:
    """The folders of this process's groups and of those above, which limit it too."""
    found = [root, root / "cpu"]
    for line in _text(groups).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "" or "cpu" in controllers.split(","):
            base = root if controllers == "" else root / "cpu"
            own = base / path.strip("/")
            found += [each for each in (own, *own.parents) if each.is_relative_to(base)]
    return found


def _limit(folder: Path) -> tuple[int, int] | None:
    """Microseconds of processor time per period of so many: control groups v2, then v1."""
    words = _text(folder / "cpu.max").split()
    if not words:
        words = [_text(folder / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period")]
    if len(words) != 2 or not all(word.isdigit() for word in words):
        return None
    quota, period = map(int, words)
    return (quota, period) if quota and period else None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""

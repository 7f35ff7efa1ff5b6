"""Where Go is: on the PATH, or where `make deps` has put it."""

import os
import shutil
from pathlib import Path


def cache_folder() -> Path:
    """The per-user cache, outside of the repository."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dagaudit"


def find_go() -> str | None:
    """The path of Go, or None."""
    ours = cache_folder() / "go" / "bin" / "go"
    return shutil.which("go") or (str(ours) if ours.exists() else None)

"""Writes a mended file back to the disk: whole or not at all, with the mode and the owner that it had."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from dagaudit.errors import AccessRefused, SourceChanged, SourceUnreadable


def refusal(root: Path, path: str) -> str | None:
    """Why the file at a path below the root (or the root itself) cannot be changed; None where it can."""
    place = _place(root, path)
    try:
        status = place.lstat()
    except OSError as error:
        return f"{place} cannot be fixed: {error.strerror or error}"
    link = _link(root, place)
    if link is not None:
        return f"{place} is reached by the link {link}; fix the file that it leads to"
    if not stat.S_ISREG(status.st_mode):
        return f"{place} is no regular file; fix it by hand"
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(place, os.W_OK):
        return f"{place} is read-only; make it writable, or fix it by hand"
    return None


def replace_file(root: Path, path: str, before: bytes, after: bytes) -> None:
    """Put the new content in the place of the old.

    Raises:
        SourceChanged: the file is not what was fixed any more.
        AccessRefused: the folder may not be written to.
        SourceUnreadable: the disk is full, or worse.
    """
    place = _place(root, path)
    try:
        if place.read_bytes() != before:
            raise SourceChanged(f"{place} changed while it was being fixed; run it again")
        status = place.stat()
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".fixed")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(after)
                stream.flush()
                with suppress(PermissionError):
                    # Only root may give files away; for all others it is their own already.
                    os.fchown(stream.fileno(), status.st_uid, status.st_gid)
                os.fchmod(stream.fileno(), stat.S_IMODE(status.st_mode))
                os.fsync(stream.fileno())
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except PermissionError as error:
        raise AccessRefused(
            f"{place} cannot be fixed: its folder may not be written to by this user"
        ) from error
    except OSError as error:
        raise SourceUnreadable(f"{place} cannot be fixed: {error.strerror or error}") from error


def _place(root: Path, path: str) -> Path:
    return root if root.is_file() else root / path


def _link(root: Path, place: Path) -> Path | None:
    if place == root:
        return root if root.is_symlink() else None
    below = [place, *place.parents]
    return next((each for each in below[: below.index(root)] if each.is_symlink()), None)

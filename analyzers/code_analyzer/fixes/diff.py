"""Unified diffs of what the fixes change."""

import difflib
import io
import tokenize

from analyzers.masking import mask


def unified_diff(path: str, before: bytes, after: bytes) -> str:
    """The diff of a file, as `patch -p0` takes it; secrets in it are masked, and then it no longer does."""
    lines = (
        mask(line) for line in difflib.unified_diff(_lines(before), _lines(after), fromfile=path, tofile=path)
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(data: bytes) -> list[str]:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    # Only \n ends a line of a diff; a \r before it belongs to the line, and so does a byte order mark.
    text = data.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])

"""Frames of a traceback: which are the user's own, and a name for each that outlives edits and moves."""

import re

_LIBRARY = re.compile(
    r"(?:site|dist)-packages/|/lib(?:64)?/python\d|(?:^|/)python\d\.\d+/|^<|\.pyx$|\.pxi$|^$"
    r"|/airflow/(?:sdk|providers|models|utils)/"
)
_AIRFLOW = re.compile(
    r"(?:site|dist)-packages/(?:airflow|tenacity|structlog|click|asgiref)/|concurrent/futures/"
    r"|/contextlib\.py$|/threading\.py$|^$"
)
_ROOTS = re.compile(r"^.*/(?:dags|plugins|include|bundles?/[^/]+|repo)/")
_PACKAGE = re.compile(r"^.*(?:site|dist)-packages/|^.*/lib(?:64)?/python\d[\d.]*/|^.*?python\d\.\d+/")
UNUSUAL_PREFIX = re.compile(r"unusual_prefix_[0-9a-f]{40}_")
_IN_PACKAGES = re.compile(r".*(?:site|dist)-packages/([\w\-]+)")


def is_own(frame: tuple[str, str]) -> bool:
    """Whether a frame is in the DAG folder or plugins, and not in a library."""
    return not _LIBRARY.search(frame[0])


def is_airflow(frame: tuple[str, str]) -> bool:
    """Whether a frame is of Airflow or of a wrapper, and tells nothing about the fault."""
    return bool(_AIRFLOW.search(frame[0]))


def frame_key(frame: tuple[str, str]) -> str:
    """File and function, free of line numbers and of where the bundle or the virtualenv lies."""
    filename, name = frame
    short = _PACKAGE.sub("", filename)
    if short == filename:
        short = _ROOTS.sub("", filename)
        if short == filename:
            # Scripts of virtualenv operators lie in a folder with another name each time.
            short = "/".join(filename.split("/")[-1 if filename.startswith("/tmp/") else -2 :])  # noqa: S108
    return f"{UNUSUAL_PREFIX.sub('', short)}:{name}"


def telling_frames(frames: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The user's own frames; where there are none, the last three of libraries other than Airflow."""
    own = [frame_key(frame) for frame in frames if is_own(frame)]
    if not own:
        own = [frame_key(frame) for frame in frames if not is_airflow(frame)][-3:]
    # A recursion of any depth is one and the same.
    return tuple(key for position, key in enumerate(own) if key not in own[:position])


def package_of(frame: tuple[str, str]) -> str:
    """The installed package that a frame lies in, or nothing."""
    match = _IN_PACKAGES.match(frame[0])
    return match[1] if match else ""

"""Keeps parts apart: a crash of one becomes a Failure and costs only that one."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from dagaudit.errors import DagAuditError
from dagaudit.finding import Failure

log = logging.getLogger(__name__)

P = TypeVar("P")
T = TypeVar("T")


def attempt(part: str, work: Callable[[], T], path: str | None = None) -> T | Failure:
    """The work's result, or the Failure that its error became."""
    return next(attempt_each((part,), str, lambda _: work(), path))[1]


def attempt_each(
    parts: Iterable[P], name: Callable[[P], str], work: Callable[[P], T], path: str | None = None
) -> Iterator[tuple[P, T | Failure]]:
    """Each part with its work's result, or with the Failure that its error became.

    The only place of the product that catches every exception.
    """
    for part in parts:
        result: T | Failure
        try:
            result = work(part)
        except DagAuditError as error:
            log.warning("%s%s: %s", name(part), f" on {path}" if path else "", error)
            result = Failure(part=name(part), path=path, message=str(error))
        except Exception as error:
            # One broken part must not cost the others their result; the reader still sees it failed.
            log.exception("%s%s crashed", name(part), f" on {path}" if path else "")
            result = Failure(part=name(part), path=path, message=f"{type(error).__name__}: {error}")
        yield part, result

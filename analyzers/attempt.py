"""Keeps parts apart: a crash of one becomes a Failure and costs only that one."""

import logging
from collections.abc import Callable
from typing import TypeVar

from dagaudit.errors import DagAuditError
from dagaudit.finding import Failure

log = logging.getLogger(__name__)

T = TypeVar("T")


def attempt(part: str, work: Callable[[], T], path: str | None = None) -> T | Failure:
    """The work's result, or the Failure that its error became.

    The only place of the product that catches every exception.
    """
    try:
        return work()
    except DagAuditError as error:
        log.warning("%s%s: %s", part, f" on {path}" if path else "", error)
        return Failure(part=part, path=path, message=str(error))
    except Exception as error:
        # One broken part must not cost the others their result; the reader still sees it failed.
        log.exception("%s%s crashed", part, f" on {path}" if path else "")
        return Failure(part=part, path=path, message=f"{type(error).__name__}: {error}")

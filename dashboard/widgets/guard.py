"""Keeps the cards of a page apart: one that crashes costs itself only."""

import logging
from types import TracebackType
from uuid import uuid4

import streamlit as st

from dagaudit.errors import DagAuditError
from dashboard import text

log = logging.getLogger(__name__)


class Guard:
    """A context in which a card is drawn; an error becomes a sentence in the card's place."""

    def __init__(self, part: str) -> None:
        self._part = part

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        # Streamlit stops and reruns scripts by exceptions that are no Exception: those must pass.
        if not isinstance(error, Exception):
            return False
        if isinstance(error, DagAuditError):
            st.warning(f"{self._part}: {text.markdown(str(error))}", icon=":material/error:")
            return True
        mark = uuid4().hex[:8]
        log.error("%s could not be drawn (%s)", self._part, mark, exc_info=error)
        st.warning(
            f"{self._part} could not be drawn. The rest of the page is not affected; "
            f"the dashboard's log says why, under {mark}.",
            icon=":material/error:",
        )
        return True


def guard(part: str) -> Guard:
    """Draw a card inside of it."""
    return Guard(part)

"""A finding with its advice."""

import streamlit as st

from dashboard import text
from dashboard.views.dag import FindingCard
from dashboard.widgets import marks
from dashboard.widgets.links import link


def finding_card(card: FindingCard) -> None:
    """Severity, rule, message, quoted line, advice, and the way to the line."""
    state_of = f" {marks.muted(card.state)}" if card.state else ""
    advice = f"<div><strong>Do:</strong> {text.prose(card.suggestion)}</div>" if card.suggestion else ""
    style = "white-space:pre-wrap;overflow-wrap:anywhere;margin:.2rem 0;font-size:.82rem"
    quoted = f'<pre style="{style}">{text.html(card.evidence.strip())}</pre>' if card.evidence else ""
    title = f"<strong>{text.html(card.title)}</strong>"
    st.html(
        f"{marks.badge(card.badge)} {title}{state_of} {marks.muted(card.place)}"
        f"<div>{text.prose(card.message)}</div>{quoted}{advice}"
    )
    if card.link is not None:
        link(card.link, icon=":material/code:")

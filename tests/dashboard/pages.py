"""What a reader of a page sees, as text."""

from streamlit.testing.v1 import AppTest

KINDS = ("html", "markdown", "caption", "error", "warning", "info", "success", "header", "subheader", "title")


def words(app: AppTest) -> str:
    """All words of a page."""
    return "\n".join(str(element.value) for kind in KINDS for element in app.get(kind))


def crashed(app: AppTest) -> list[str]:
    """Every card that could not be drawn, and every error that left the page."""
    guarded = [one.value for one in app.warning if "could not be drawn" in one.value]
    return [*guarded, *(one.message for one in app.exception)]


def code_of(app: AppTest) -> str:
    """The source that a DAG's page shows."""
    return next(one.value for one in app.get("html") if "dagaudit-code" in one.value)

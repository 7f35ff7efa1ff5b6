"""The one place that makes text of logs, DAG source and models fit to be shown.

Three ways lead to the screen, one function for each: HTML, Markdown (labels of links, tabs and tiles
are Markdown, whether one likes it or not) and CSV.
"""

import html as _html
import re

# Control characters could hide text, and bidirectional overrides make it read as what it is not.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~^$:&\"'=/@])")
# A word joiner shows nothing. It must stand where a backslash does not help: icons, emoji, bare links
# and mail addresses are found in the text after Markdown has taken its backslashes away.
_JOINER = "\u2060"
_TEXT_PATTERNS = re.compile(
    r"(?<=:)(?=[\w/+\-])|(?<=www)(?=\.)|(?<=@)(?=\w)|(?<=[-=])(?=>)|(?<=<)(?=[-=])|(?<=-)(?=-)", re.IGNORECASE
)
_CODE = re.compile(r"`([^`\n]{1,300})`")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def clean(text: str) -> str:
    """The text with every character that prints nothing made visible as a replacement character."""
    return _UNPRINTABLE.sub("\ufffd", text)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters on one line; what was cut is shown as cut."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def html(text: str) -> str:
    """Text for `st.html`: nothing in it is a tag, an attribute or an entity."""
    return _html.escape(clean(text), quote=True)


def prose(text: str) -> str:
    """Text of a rule for `st.html`, with what stands in backticks as code."""
    return _CODE.sub(r"<code>\1</code>", html(text))


def markdown(text: str) -> str:
    """Text for any Markdown place: no image, link, formula, directive, icon or emphasis in it."""
    line = " ".join(clean(text).split())
    return _PUNCTUATION.sub(r"\\\1", _TEXT_PATTERNS.sub(_JOINER, line))


def csv_cell(text: str) -> str:
    """Text for a CSV file that somebody opens in a spreadsheet: no formula in it."""
    cleaned = clean(text)
    return f"'{cleaned}" if cleaned.startswith(_FORMULA) else cleaned

"""Small pieces of HTML: a word with a coloured dot, a moment as its age."""

from dashboard import text
from dashboard.views.badges import Badge, Tone

# Only the dot is coloured, so that the word keeps the contrast of the theme's text, light or dark.
COLOURS = {Tone.GOOD: "#2f9e5b", Tone.WARNING: "#d98a00", Tone.BAD: "#dc3b3b", Tone.NEUTRAL: "#8a8f98"}
MARKDOWN_COLOURS = {Tone.GOOD: "green", Tone.WARNING: "orange", Tone.BAD: "red", Tone.NEUTRAL: "gray"}


def badge(one: Badge) -> str:
    """A word with its dot."""
    return (
        '<span style="white-space:nowrap;border:1px solid rgba(128,128,128,.45);border-radius:.6rem;'
        'padding:0 .5rem;font-size:.85em;display:inline-block">'
        f'<span aria-hidden="true" style="color:{COLOURS[one.tone]}">●</span> {text.html(one.word)}</span>'
    )


def hover(shown: str, title: str) -> str:
    """Text that says more when hovered over."""
    style = "border-bottom:1px dotted currentColor"
    return f'<span title="{text.html(title)}" style="{style}">{text.html(shown)}</span>'


def muted(shown: str) -> str:
    """Text of the second rank."""
    return f'<span style="opacity:.75">{text.html(shown)}</span>'

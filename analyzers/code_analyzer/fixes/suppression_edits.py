"""Takes rules out of a suppression's comment, or the whole comment away."""

from collections.abc import Collection

from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.suppressions import Suppression
from dagaudit.finding import Edit


def suppression_removed(comment: Suppression, keys: Collection[str]) -> list[Edit]:
    """The edits that end it for these keys; empty where other words of the comment would suffer."""
    if "#" in comment.text[1:]:
        return []
    if comment.after.strip() and not comment.after.lstrip().startswith("#"):
        return []
    first = (comment.line, len(comment.before) + 1)
    last = (comment.line, first[1] + len(comment.text))
    kept = [key for key in comment.keys if key not in keys]
    if kept:
        return _without(comment, keys, kept, first)
    if comment.after.strip():
        blanks = len(comment.after) - len(comment.after.lstrip())
        return [edits.between(first, (comment.line, last[1] + blanks), "")]
    if not comment.before.strip():
        return [edits.between((comment.line, 1), (comment.line + 1, 1), "")]
    width = len(comment.before.rstrip())
    return [edits.between((comment.line, width + 1), (comment.line, last[1] + len(comment.after)), "")]


def _without(
    comment: Suppression, keys: Collection[str], kept: list[str], first: tuple[int, int]
) -> list[Edit]:
    """The list of keys written anew; what stands around it stays."""
    opening, closing = ("[", "]") if comment.ours else (":", "")
    start = comment.text.find(opening) + 1
    end = comment.text.find(closing, start) if closing else len(comment.text)
    if start == 0 or end < start:
        return []
    blank = "" if comment.ours else " "
    places = [(comment.line, first[1] + offset) for offset in (start, end)]
    return [edits.between(places[0], places[1], blank + ", ".join(kept))] if keys else []

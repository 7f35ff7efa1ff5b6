"""A change of a feature in words, alike on the terminal, in report.html and on the dashboard."""

from dagaudit.drift import DriftChange

_SIZES = ((86_400, "d"), (3_600, "h"), (60, "min"))


def change_words(change: DriftChange) -> str:
    """From what to what: `time per attempt 2 min -> 5 min`."""
    return f"{change.feature} {_amount(change.before, change.unit)} -> {_amount(change.now, change.unit)}"


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return "unknown"
    if unit == "ratio":
        return f"{100 * value:.3g} %"
    if unit == "seconds":
        size, name = next(((size, name) for size, name in _SIZES if value >= 2 * size), (1, "s"))
        return f"{value / size:.3g} {name}"
    return f"{value:.4g}"

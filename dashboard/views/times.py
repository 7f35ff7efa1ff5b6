"""Times and numbers as people say them."""

from datetime import UTC, datetime

NEVER = "–"
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 7 * 86_400


def age(then: datetime | None, now: datetime) -> str:
    """How long ago something was: 5 min ago."""
    if then is None:
        return NEVER
    seconds = (now - _aware(then)).total_seconds()
    if seconds < -MINUTE:
        return f"in {span(-seconds)}"
    return "just now" if seconds < MINUTE else f"{span(seconds)} ago"


def span(seconds: float) -> str:
    """A length of time in its largest fitting unit: 45 s, 5 min, 3 h, 6 days, 3 weeks."""
    for size, word in ((2 * WEEK, "weeks"), (DAY, "day"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= size:
            number = int(seconds // (WEEK if word == "weeks" else size))
            return f"{number} {word}{'s' if word == 'day' and number > 1 else ''}"
    return f"{seconds:.0f} s" if seconds >= 1 or seconds == 0 else f"{seconds:.1f} s"


def duration(seconds: float) -> str:
    """How long something took, in two units: 95 s is 1 min 35 s."""
    whole = round(seconds)
    for large, small, word, other in (
        (DAY, HOUR, "d", "h"),
        (HOUR, MINUTE, "h", "min"),
        (MINUTE, 1, "min", "s"),
    ):
        if whole >= large:
            rest = whole % large // small
            return f"{whole // large} {word}" + (f" {rest} {other}" if rest else "")
    return span(seconds)


def utc(then: datetime | None) -> str:
    """The moment itself, for those who hover."""
    return NEVER if then is None else f"{_aware(then).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: 1 DAG, 2 DAGs, 1,000 DAGs."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def percent(share: float | None) -> str:
    """A share without false exactness: 100 % is said of nothing less."""
    if share is None:
        return NEVER
    shown = f"{share * 100:.1f}".removesuffix(".0")
    return "99.9 %" if shown == "100" and share < 1 else f"{shown} %"


def _aware(then: datetime) -> datetime:
    return then if then.tzinfo else then.replace(tzinfo=UTC)

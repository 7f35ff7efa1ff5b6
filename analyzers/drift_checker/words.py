"""The state of a kind as a sentence, with what to do."""

from dagaudit.drift import DriftInput, DriftKind, DriftState

SUBJECTS = {
    DriftKind.NUMBERS: "What the DAGs are like in numbers",
    DriftKind.SOURCE: "The DAGs' source",
    DriftKind.INCIDENTS: "The kinds of incidents",
    DriftKind.MODEL: "How the language model answers",
}
ADVICE = {
    DriftKind.NUMBERS: "look at the DAGs that moved: slower ones share a cause more often than not",
    DriftKind.SOURCE: "if the change is wanted, as after a migration, accept it",
    DriftKind.INCIDENTS: "look at the causes that are new or grew",
    DriftKind.MODEL: "check which model the server really runs, and judge its verdicts with care",
}
ACCEPT = "accept it as normal by: dagaudit drift REPORTS --pin"


def reason(one: DriftInput) -> str:
    """The sentence; where there is not enough, what is lacking stands in `one.reason` already."""
    subject = SUBJECTS[one.kind]
    share = f"{100 * (one.moved_share or 0):.0f} %"
    days = f"{one.reference.first_day} to {one.reference.last_day}" if one.reference else "the reference"
    match one.state:
        case DriftState.DRIFT:
            since = f" since {one.since}" if one.since else ""
            return f"{subject} drifts from {days}{since} ({share} moved); {ADVICE[one.kind]}, or {ACCEPT}"
        case DriftState.RECOVERING:
            return f"{subject} drifted from {days}, but not on the last night; clear after three such nights"
        case DriftState.SUSPECTED:
            return (
                f"{subject} differs from {days} tonight ({share} moved); "
                "it is called drift if another of the next two nights says so, too"
            )
        case DriftState.STEADY:
            return f"{subject} does not differ from {days} by more than chance"
    return f"{subject}: no verdict, {one.reason}"

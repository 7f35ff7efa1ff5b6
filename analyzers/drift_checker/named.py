"""Puts tonight's entries under the report's id, which is not known while they are made."""

from dagaudit.section import DriftSection


def named(section: DriftSection, report_id: str, day: str) -> DriftSection:
    """The section with the id and the day in tonight's entries, the last of each list."""
    update = {"report_id": report_id, "day": day}
    inputs = tuple(
        one.model_copy(update={"nights": (*one.nights[:-1], one.nights[-1].model_copy(update=update))})
        if one.nights
        else one
        for one in section.inputs
    )
    trend = section.trend and (*section.trend[:-1], section.trend[-1].model_copy(update=update))
    return section.model_copy(update={"inputs": inputs, "trend": trend})

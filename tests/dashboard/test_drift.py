"""The page of trends: what it may say, and what it draws."""

import pytest

from dagaudit.drift import (
    DriftChange,
    DriftInput,
    DriftItem,
    DriftKind,
    DriftNight,
    DriftReference,
    DriftState,
    TrendNight,
)
from dagaudit.section import DriftSection, SectionStatus
from dashboard.views import drift
from tests.dashboard import sample
from tests.dashboard.pages import crashed, words

DAYS = [f"2026-11-{day:02}" for day in range(1, 21)]


def kind(name: str, state: str, **more: object) -> DriftInput:
    made = {
        "kind": DriftKind(name),
        "state": DriftState(state),
        "reason": f"{name} is {state}",
        "p_value": 0.002,
        "effect": 2.5,
        "distance": 0.1,
        "compared": 30,
        "moved": 6,
        "moved_share": 0.2,
        "usual_share": 0.02,
        "dimensions": 4,
        "reference": DriftReference(
            version="v",
            nights=14,
            first_day=DAYS[0],
            last_day=DAYS[13],
            reports=("r",),
            keys=("k",),
            digest="d" * 64,
            pinned_at=sample.NOW,
        ),
        "moved_items": (
            DriftItem(
                item="orders_etl",
                dags=("orders_etl",),
                distance=3,
                changes=(
                    DriftChange(feature="time per attempt", before=120, now=600, unit="seconds"),
                    DriftChange(feature=sample.HOSTILE, before=0.5, now=1, unit="ratio"),
                ),
            ),
        ),
        "nights": tuple(
            DriftNight(
                day=day, report_id="r", state=DriftState.STEADY, shifted=False, p_value=0.5, moved_share=0.01
            )
            for day in DAYS
        ),
    }
    return DriftInput.model_validate({**made, **more})


def drifting(*inputs: DriftInput) -> DriftSection:
    nights = tuple(
        TrendNight(day=day, report_id="r", dags=30, high=number, causes=2) for number, day in enumerate(DAYS)
    )
    return DriftSection(status=SectionStatus.OK, inputs=inputs, trend=nights)


@pytest.mark.parametrize(
    ("states", "text"),
    [
        (("drift", "steady"), "Drift: The DAGs in numbers"),
        (("suspected", "steady"), "Different tonight, not confirmed yet: The DAGs in numbers"),
        (("steady", "steady"), "Nothing drifts"),
        (("collecting", "steady"), "No verdict on 1 of 2 kinds yet; 1 steady"),
        (("not_enough", "not_enough"), "No verdict on 2 of 2 kinds yet; 0 steady"),
        (("not_watched", "steady"), "Nothing drifts"),
        (("not_watched", "not_watched"), "No verdict on drift: nothing was watched"),
    ],
)
def test_all_clear_is_said_only_where_every_watched_kind_has_a_verdict(states, text):
    section = drifting(kind("numbers", states[0]), kind("source", states[1]))

    assert drift.sentence(section).text.startswith(text)


def test_what_drifts_comes_first_and_names_from_what_to_what():
    made = drift.cards(drifting(kind("source", "steady"), kind("numbers", "drift")))

    assert [card.kind for card in made] == ["numbers", "source"]
    assert made[0].items[0].changes.startswith("time per attempt 2 min -> 10 min; ")
    assert dict(made[0].facts)["Moved"] == "6 of 30 (20 %)"


def test_curves_leave_out_what_nobody_counted():
    charts = drift.trends(drifting().trend)

    assert [chart.title for chart in charts] == ["Findings", "Failures", "DAGs"]
    assert list(charts[0].lines) == ["High"]
    assert list(charts[0].lines["High"]) == list(range(20))


def test_one_night_is_no_curve():
    assert drift.trends(drifting().trend[:1]) == ()


def test_page_shows_the_verdict_the_items_and_the_curves(tmp_path, open_page):
    section = drifting(kind("numbers", "drift"), kind("source", "collecting", p_value=None, nights=()))
    sample.publish_sample(tmp_path, sample.replace(sample.whole(), drift=section))

    app = open_page(tmp_path, "trends")

    assert crashed(app) == []
    assert "Drift: The DAGs in numbers" in words(app).replace("\\", "")
    assert "2 min" in words(app)
    assert "<img" not in words(app)
    assert len(app.get("echarts_chart")) == 4


def test_page_without_any_verdict_says_why(reports, open_page):
    app = open_page(reports("empty").root, "trends")

    assert "No verdict on drift: not asked for" in words(app).replace("\\", "")

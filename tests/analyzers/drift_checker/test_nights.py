"""Many nights through the analyzer: when it speaks, what it says, and what it never says."""

import pytest

from analyzers.drift_checker.analyze import look_again
from analyzers.drift_checker.keep import pin, remove_old_nights
from dagaudit.drift import STATE, DriftKind, DriftMemory, DriftState
from dagaudit.errors import LlmUnavailable, ReportMissing, SpecInvalid
from dagaudit.section import SectionStatus
from tests.analyzers.drift_checker.fleet import FIRST, Fleet, nights, of, run
from tests.fakes import MemoryStore, ScriptedLlm

REFERENCE = 14
SLOW = frozenset(range(0, 30, 5))


@pytest.fixture(scope="module")
def quiet() -> dict[str, bytes]:
    """Seventeen nights in which nothing changed: fourteen for the reference, three after it."""
    store = MemoryStore()
    nights(store, 0, REFERENCE + 2)
    return store.objects


@pytest.fixture
def store(quiet) -> MemoryStore:
    return MemoryStore(quiet)


def states(section) -> dict[str, str]:
    return {one.kind.value: one.state.value for one in section.inputs}


def test_first_nights_say_nothing_and_never_that_all_is_well():
    section = nights(MemoryStore(), 0, REFERENCE - 1)

    assert set(states(section).values()) == {"collecting"}
    assert "13 of the 14" in of(section, DriftKind.NUMBERS).reason
    assert section.reason == "no verdict yet on numbers, source, incidents, model"
    assert section.findings == ()


def test_nothing_changed_is_steady_against_pinned_nights(store):
    section = run(store, REFERENCE + 3)

    assert set(states(section).values()) == {"steady"}
    reference = of(section, DriftKind.NUMBERS).reference
    assert (reference.nights, reference.first_day, reference.last_day) == (14, "2026-09-01", "2026-09-14")
    assert reference.reports[0] == "20260901T020000Z-00000000"
    assert section.status is SectionStatus.OK


def test_features_lie_under_the_day_of_their_report(store):
    assert "drift/2026/09/17/20260917T020000Z-00000010.parquet" in store.objects


def test_slower_dags_are_suspected_first_then_drift_and_are_named(store):
    slow = Fleet(slow=SLOW)
    first = nights(store, REFERENCE + 3, REFERENCE + 4, slow)
    second = run(store, REFERENCE + 5, slow)

    assert of(first, DriftKind.NUMBERS).state is DriftState.SUSPECTED
    assert first.findings == ()
    drift = of(second, DriftKind.NUMBERS)
    assert drift.state is DriftState.DRIFT
    assert drift.since == "2026-09-20"
    assert {item.item for item in drift.moved_items} == {f"dag_{number:02}" for number in SLOW}
    change = drift.moved_items[0].changes[0]
    assert change.feature == "time per attempt"
    assert change.now > 2.5 * change.before
    assert [finding.rule for finding in second.findings] == ["DGD001"]
    assert of(second, DriftKind.SOURCE).state is DriftState.STEADY


def test_one_bad_night_among_good_ones_is_no_drift(store):
    run(store, REFERENCE + 3, Fleet(slow=frozenset(range(30))))
    section = nights(store, REFERENCE + 4, REFERENCE + 6)

    assert of(section, DriftKind.NUMBERS).state is DriftState.STEADY


def test_drift_ends_after_three_nights_like_the_reference(store):
    nights(store, REFERENCE + 3, REFERENCE + 7, Fleet(slow=SLOW))
    found = [of(run(store, night), DriftKind.NUMBERS) for night in range(REFERENCE + 8, REFERENCE + 14)]

    assert [one.state.value for one in found][-1] == "steady"
    assert DriftState.RECOVERING in [one.state for one in found]
    assert [one.shifted for one in found][-3:] == [False, False, False]


def test_template_in_a_third_of_the_files_is_drift_of_the_source(store):
    section = nights(store, REFERENCE + 3, REFERENCE + 4, Fleet(template=frozenset(range(10))))

    source = of(section, DriftKind.SOURCE)
    assert source.state is DriftState.DRIFT
    assert {item.item for item in source.moved_items} == {f"dag_{number:02}" for number in range(10)}


def test_new_kind_of_incident_is_drift_and_is_named(store):
    section = nights(store, REFERENCE + 3, REFERENCE + 6, Fleet(new_causes=5))

    incidents = of(section, DriftKind.INCIDENTS)
    assert incidents.state is DriftState.DRIFT
    assert {item.what for item in incidents.moved_items[:5]} == {"new"}
    assert incidents.moved_items[0].label.startswith("GpuLost")
    assert incidents.moved_items[0].dags == ("dag_01",)


def test_model_that_answers_at_greater_length_is_drift(store):
    section = nights(store, REFERENCE + 3, REFERENCE + 6, Fleet(answer_tokens=90))

    model = of(section, DriftKind.MODEL)
    assert model.state is DriftState.DRIFT
    assert model.moved_items[0].changes[0].feature == "answer length"


def test_same_nights_give_the_same_verdict_to_the_last_digit(quiet):
    once, again = (run(MemoryStore(quiet), REFERENCE + 3, Fleet(slow=SLOW)) for _ in range(2))

    assert once == again


@pytest.mark.parametrize("size", [1, 19])
def test_too_few_dags_are_not_enough_and_never_steady(size):
    section = nights(MemoryStore(), 0, REFERENCE + 3, Fleet(size=size))

    numbers = of(section, DriftKind.NUMBERS)
    assert numbers.state is DriftState.NOT_ENOUGH
    assert f"{size} of the 20 DAGs" in numbers.reason


def vectors(fleet: Fleet) -> dict[str, list[float]]:
    seen = fleet.seen(0)
    chunks = [
        text[start : start + 1500] for text in seen.texts.values() for start in range(0, len(text), 1500)
    ]
    return {chunk: [1.0, float(len(chunk) % 7), float(number)] for number, chunk in enumerate(chunks)}


class Embedding(ScriptedLlm):
    """An embedding model that knows every text."""

    def embed(self, texts):
        self.requests.extend(texts)
        return [self.vectors.get(text, [1.0, 2.0, float(len(text))]) for text in texts]


def test_other_embeddings_start_a_new_reference_which_is_no_drift(store):
    section = run(store, REFERENCE + 3, Fleet(llm=Embedding(vectors=vectors(Fleet()))))

    source = of(section, DriftKind.SOURCE)
    assert source.state is DriftState.COLLECTING
    assert "hashed-ngrams 1" in source.reset
    assert source.version.startswith("embedder eeeeeeeeeeee")
    assert of(section, DriftKind.NUMBERS).state is DriftState.STEADY


def test_reference_is_found_again_after_a_night_made_otherwise(store):
    run(store, REFERENCE + 3, Fleet(llm=Embedding(vectors=vectors(Fleet()))))

    assert of(run(store, REFERENCE + 4), DriftKind.SOURCE).state is DriftState.STEADY


def test_unchanged_texts_are_embedded_once():
    fleet = Fleet(llm=Embedding(vectors=vectors(Fleet())))
    store = MemoryStore()
    run(store, 0, fleet)
    asked = len(fleet.llm.requests)
    run(store, 0, fleet)

    assert asked > 0
    assert len(fleet.llm.requests) == asked


class Gone(ScriptedLlm):
    """An embedding model that does not answer."""

    def embedding_model(self):
        raise LlmUnavailable("ollama://gpu:11434: the server cannot be reached")


def test_embedding_model_that_is_gone_is_told_and_costs_no_verdict(store):
    section = run(store, REFERENCE + 3, Fleet(llm=Gone()))

    assert section.status is SectionStatus.PARTIAL
    assert (
        "the server cannot be reached; tonight's texts are compared by hashed-ngrams 1"
        in section.failures[0].message
    )
    assert of(section, DriftKind.SOURCE).state is DriftState.STEADY


def test_reference_that_lost_a_night_is_told_with_the_remedy(store):
    store.delete("drift/2026/09/03/20260903T020000Z-00000002.parquet")
    section = run(store, REFERENCE + 3)

    assert section.status is SectionStatus.PARTIAL
    assert of(section, DriftKind.NUMBERS).state is DriftState.NOT_ENOUGH
    assert "drift/2026/09/03" in section.failures[0].message
    assert "--pin" in section.failures[0].message


def test_reference_that_was_tampered_with_is_not_used(store):
    key = "drift/2026/09/03/20260903T020000Z-00000002.parquet"
    store.objects[key] = store.objects["drift/2026/09/04/20260904T020000Z-00000003.parquet"]
    section = run(store, REFERENCE + 3)

    assert of(section, DriftKind.NUMBERS).state is DriftState.NOT_ENOUGH
    assert "was changed since" in section.failures[0].message


def test_damaged_memory_is_left_alone_and_told(store):
    store.objects[STATE] = b"{"
    section = run(store, REFERENCE + 3)

    assert section.status is SectionStatus.PARTIAL
    assert "is damaged" in section.failures[0].message
    assert store.objects[STATE] == b"{"


def test_night_that_cannot_be_kept_is_told(store):
    store.full = True
    section = run(store, REFERENCE + 3)

    assert "could not be kept" in section.failures[-1].message
    assert section.status is SectionStatus.PARTIAL


def test_run_at_the_same_time_is_not_forgotten(store):
    elsewhere = MemoryStore(store.objects)
    run(elsewhere, REFERENCE + 3)
    store.before_swap.append((STATE, elsewhere.objects[STATE]))
    run(store, REFERENCE + 4)

    memory = DriftMemory.model_validate_json(store.objects[STATE])
    assert [night.day for night in memory.nights][-2:] == ["2026-09-18", "2026-09-19"]


def test_second_report_of_a_day_takes_the_place_of_the_first(store):
    before = len(DriftMemory.model_validate_json(store.objects[STATE]).nights)
    run(store, REFERENCE + 2, Fleet(slow=SLOW))

    assert len(DriftMemory.model_validate_json(store.objects[STATE]).nights) == before


def test_newest_night_is_compared_again_with_the_same_result(store):
    kept = run(store, REFERENCE + 3, Fleet(slow=SLOW))

    assert look_again(store) == kept


def test_pinned_nights_are_normal_from_then_on(store):
    nights(store, REFERENCE + 3, REFERENCE + 12, Fleet(slow=SLOW))
    made = pin(store, 8, FIRST)

    assert made[DriftKind.NUMBERS].pinned_by == "person"
    section = nights(store, REFERENCE + 13, REFERENCE + 15, Fleet(slow=SLOW))
    assert of(section, DriftKind.NUMBERS).state is DriftState.STEADY
    assert of(section, DriftKind.NUMBERS).reference.first_day == "2026-09-20"


def test_too_few_nights_cannot_be_pinned():
    store = MemoryStore()
    nights(store, 0, 2)

    with pytest.raises(SpecInvalid, match="needs 7 nights that were made alike, and memory:// keeps 3"):
        pin(store, 14, FIRST)
    with pytest.raises(SpecInvalid, match="too few"):
        pin(store, 3, FIRST)


def test_no_night_is_said_with_the_command():
    with pytest.raises(ReportMissing, match="dagaudit audit"):
        look_again(MemoryStore())


def test_old_nights_go_and_those_still_needed_stay(store, monkeypatch):
    monkeypatch.setattr("analyzers.drift_checker.keep.KEEP_NIGHTS", 2)
    removed = remove_old_nights(store, FIRST.replace(year=2027), 90)

    assert removed == ["drift/2026/09/15/20260915T020000Z-0000000e.parquet"]
    assert states(run(store, REFERENCE + 3))["numbers"] == "steady"


def test_weekly_audits_keep_enough_nights_for_a_reference(store):
    assert remove_old_nights(store, FIRST.replace(year=2030), 90) == []


def test_zero_days_keeps_every_night(store):
    assert remove_old_nights(store, FIRST.replace(year=2030), 0) == []


def test_trend_grows_by_a_night_each_night(store):
    trend = run(store, REFERENCE + 3).trend

    assert len(trend) == REFERENCE + 4
    assert (trend[-1].day, trend[-1].report_id) == ("2026-09-18", "20260918T020000Z-00000011")
    assert trend[-1].dags == 30
    assert trend[-1].success_rate == pytest.approx(1 - 1 / 14, abs=1e-5)

"""The names that Airflow puts into a template's context, by version."""

from analyzers.code_analyzer.rule import Version

_ALWAYS = frozenset(
    {
        "conn", "dag", "dag_run", "exception", "expanded_ti_count", "inlets", "macros", "map_index_template",
        "outlets", "params", "prev_end_date_success", "prev_start_date_success", "reason", "run_id", "task",
        "task_instance", "task_instance_key_str", "templates_dict", "test_mode", "ti",
        "triggering_asset_events", "try_number", "var",
    }
)  # fmt: skip

NEEDS_LOGICAL_DATE = frozenset(
    {
        "data_interval_end", "data_interval_start", "ds", "ds_nodash", "logical_date",
        "prev_data_interval_end_success", "prev_data_interval_start_success", "ts", "ts_nodash",
        "ts_nodash_with_tz",
    }
)  # fmt: skip
"""From 3.0 on these exist only in runs with a logical date: not when assets or a bare call start them."""

REMOVED_IN_3 = {
    "conf": "airflow.configuration.conf in Python",
    "execution_date": "logical_date (or dag_run.run_after where there may be none)",
    "next_ds": "{{ data_interval_end | ds }}",
    "next_ds_nodash": "{{ data_interval_end | ds_nodash }}",
    "next_execution_date": "data_interval_end",
    "prev_ds": "{{ macros.ds_add(ds, -1) }} or prev_data_interval_start_success",
    "prev_ds_nodash": "prev_data_interval_start_success | ds_nodash",
    "prev_execution_date": "prev_data_interval_start_success",
    "prev_execution_date_success": "prev_data_interval_start_success",
    "tomorrow_ds": "{{ macros.ds_add(ds, 1) }}",
    "tomorrow_ds_nodash": "{{ macros.ds_add(ds, 1) | replace('-', '') }}",
    "triggering_dataset_events": "triggering_asset_events",
    "yesterday_ds": "{{ macros.ds_add(ds, -1) }}",
    "yesterday_ds_nodash": "{{ macros.ds_add(ds, -1) | replace('-', '') }}",
}
"""Key to what takes its place."""

_SINCE = {
    "asset_state_store": (3, 3),
    "inlet_events": (2, 10),
    "outlet_events": (2, 10),
    "partition_date": (3, 2),
    "partition_key": (3, 2),
    "task_reschedule_count": (3, 0),
    "task_state_store": (3, 3),
}
FILTERS = frozenset({"ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz"})
"""What Airflow adds to Jinja's own filters."""


def context_names(target: Version) -> frozenset[str]:
    """Every name that a template of this Airflow version may use."""
    names = _ALWAYS | NEEDS_LOGICAL_DATE | {name for name, since in _SINCE.items() if target >= since}
    return names if target >= (3, 0) else names | REMOVED_IN_3.keys()


def all_context_names() -> frozenset[str]:
    """Every name that any version knew."""
    return _ALWAYS | NEEDS_LOGICAL_DATE | _SINCE.keys() | REMOVED_IN_3.keys()

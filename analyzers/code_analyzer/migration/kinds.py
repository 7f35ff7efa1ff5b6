"""The kinds of change, and what each finding means for a migration."""

import re
from dataclasses import dataclass

from analyzers.code_analyzer.migration.file_facts import FileFacts
from analyzers.code_analyzer.template_names import REMOVED_IN_3
from dagaudit.finding import Finding, Severity
from dagaudit.migration import Effect

TITLES = {
    "load": "Does not load, whatever the version",
    "import": "Imports that are gone",
    "moved-import": "Imports that moved and still work",
    "provider": "Classes that moved into a provider",
    "dag-argument": "Arguments of DAGs that are gone",
    "task-argument": "Arguments of operators that are gone",
    "api": "Functions, methods and attributes that are gone",
    "trigger-rule": "Trigger rules that are gone",
    "subdag": "SubDAGs",
    "template": "Names in templates that are gone",
    "context": "Names in the context that are gone",
    "logical-date": "Runs without a logical date",
    "metadata-database": "Tasks that use Airflow's database",
    "rest-api": "REST API v1",
    "command": "Airflow commands that are gone",
    "xcom": "XComs",
    "sla": "SLAs",
    "email": "Mail by arguments",
    "schedule-default": "The default schedule was daily and is never",
    "catchup-default": "The default of catchup was True and is False",
    "data-interval": "Schedules without a data interval",
    "concurrency": "Limits that count per run",
}
"""Kind to its title, in the order of the report."""

_OF_RULE: dict[str, tuple[str, Effect]] = {
    "DGA117": ("trigger-rule", Effect.BREAKS_AT_PARSE),
    "DGA119": ("task-argument", Effect.BREAKS_AT_PARSE),
    "DGA120": ("task-argument", Effect.BREAKS_AT_PARSE),
    "DGA217": ("data-interval", Effect.CHANGES_SILENTLY),
    "DGA218": ("logical-date", Effect.BREAKS_AT_RUN),
    "DGA601": ("template", Effect.BREAKS_AT_RUN),
    "DGA602": ("context", Effect.BREAKS_AT_RUN),
    "DGA604": ("metadata-database", Effect.BREAKS_AT_RUN),
    "DGA605": ("subdag", Effect.BREAKS_AT_PARSE),
    "DGA606": ("sla", Effect.CHANGES_SILENTLY),
    "DGA607": ("xcom", Effect.CHANGES_SILENTLY),
    "DGA608": ("rest-api", Effect.BREAKS_AT_RUN),
    "DGA609": ("email", Effect.DEPRECATED),
    "DGA610": ("xcom", Effect.BREAKS_AT_RUN),
    "DGA613": ("command", Effect.BREAKS_AT_RUN),
    "DGA614": ("data-interval", Effect.CHANGES_SILENTLY),
    "DGA615": ("concurrency", Effect.CHANGES_SILENTLY),
}
# Airflow refuses the whole file for these, today or tomorrow.
_REFUSED = frozenset({
    "DGA101", "DGA103", "DGA104", "DGA105", "DGA118", "DGA122", "DGA123", "DGA124", "DGA125", "DGA126",
    "DGA127", "DGA207", "DGA219",
})  # fmt: skip
RULES = frozenset({*_OF_RULE, *_REFUSED, "DGA600", "DGA603", "DGA612"})
"""What the report is made of."""

_DAG_ARGUMENTS = frozenset({
    "schedule_interval", "timetable", "concurrency", "fail_stop", "default_view", "orientation",
    "full_filepath",
})  # fmt: skip
_TASK_ARGUMENTS = frozenset({
    "task_concurrency", "provide_context", "use_dill", "delegate_to", "xcom_push", "execution_date",
    "use_task_execution_day", "use_task_execution_date", "filename_template", "min_file_process_interval",
})  # fmt: skip
_NAMED = re.compile(r"`([\w.]+)`")
_CODE = re.compile(r"\((AIR\d+)\)$")
_SHIMMED = frozenset({"AIR311", "AIR312", "AIR321"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a finding means."""

    kind: str
    effect: Effect


def meaning(finding: Finding, facts: FileFacts | None) -> Meaning | None:
    """What a finding means for the migration; None where it is no matter of it.

    facts are those of the finding's file, None where its syntax could not be read.
    """
    if finding.rule == "DGA600":
        return _of_name(finding, facts)
    if finding.rule == "DGA603":
        return _of_dict(finding)
    if finding.rule == "DGA612":
        kind = "schedule-default" if finding.message.startswith("no schedule") else "catchup-default"
        return Meaning(kind, Effect.CHANGES_SILENTLY)
    if finding.rule == "DGA217" and facts is not None and facts.written_for_3:
        return None
    if finding.rule in _REFUSED:
        return Meaning("load", Effect.BREAKS_AT_PARSE)
    if finding.rule == "DGA604" and finding.severity is Severity.LOW:
        return Meaning("metadata-database", Effect.DEPRECATED)
    kind_and_effect = _OF_RULE.get(finding.rule)
    return Meaning(*kind_and_effect) if kind_and_effect else None


def _of_name(finding: Finding, facts: FileFacts | None) -> Meaning:
    found = _NAMED.match(finding.message)
    name = found[1] if found else ""
    told = _CODE.search(finding.message)
    code = told[1] if told else ""
    if finding.severity is Severity.LOW or (code in _SHIMMED and "cannot be imported" not in finding.message):
        return Meaning("provider" if code == "AIR312" else "moved-import", Effect.DEPRECATED)
    at_parse = facts is None or facts.at_parse(finding.line)
    effect = Effect.BREAKS_AT_PARSE if at_parse else Effect.BREAKS_AT_RUN
    if not at_parse and name in REMOVED_IN_3:
        return Meaning("context", effect)
    if name in _DAG_ARGUMENTS:
        return Meaning("dag-argument", effect)
    if name in _TASK_ARGUMENTS:
        return Meaning("task-argument", effect)
    if code == "AIR302":
        return Meaning("provider", effect)
    is_import = facts is not None and any(
        row.line == finding.line and row.name.startswith("airflow") for row in facts.imports
    )
    return Meaning("import" if is_import else "api", effect)


def _of_dict(finding: Finding) -> Meaning:
    """What a dict hands to a call is refused there; what default_args hold beyond need is ignored."""
    if "DAG's argument" in finding.message:
        return Meaning("dag-argument", Effect.BREAKS_AT_PARSE)
    refused = finding.severity is Severity.HIGH
    return Meaning("task-argument", Effect.BREAKS_AT_PARSE if refused else Effect.CHANGES_SILENTLY)

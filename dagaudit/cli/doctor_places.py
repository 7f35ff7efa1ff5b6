"""What `dagaudit doctor -f` looks at: the places that a DagAudit names, tried from here."""

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from dagaudit.cli.doctor_check import Check, fail, ok, warn
from dagaudit.errors import DagAuditError, SpecInvalid
from dagaudit.ports import FailuresAlone, FileSource
from dagaudit.spec import DagAudit

PROBE = b"written by dagaudit doctor; may be deleted\n"


def place_checks(file: Path) -> Iterator[Check]:
    """Checks of every DagAudit in a file."""
    from dagaudit.spec import load_audits

    try:
        audits = load_audits(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        yield fail(f"{file} cannot be read: {error}", "dagaudit init writes a sample")
        return
    except SpecInvalid as error:
        yield fail(str(error), "mend the file; kubectl explain dagaudit.spec describes every field")
        return
    for audit in audits:
        yield ok(f"{file}: {audit.metadata.name} is a valid DagAudit")
        yield from _of_audit(audit)


def _of_audit(audit: DagAudit) -> Iterator[Check]:
    from analyzers.run_all.plan import NO_LLM, Given, Named, plan
    from dagaudit import adapters

    try:
        made = plan(Named(audit.spec, audit.metadata.name, audit.metadata.namespace), Given())
    except SpecInvalid as error:
        yield warn(str(error), "dagaudit doctor -n NAMESPACE looks from the cluster's side")
        return
    for address in made.dags:
        yield source_check("DAGs", address, partial(adapters.open_dag_source, address))
    if made.logs:
        opened = partial(adapters.open_log_source, made.logs, environment=os.environ)
        yield source_check("task logs", made.logs, opened)
    if made.history:
        yield history_check(made.history)
    yield _reports(made.reports)
    if made.llm != NO_LLM:
        yield _model(made.llm)


def source_check(what: str, address: str, opened: Callable[[], FileSource]) -> Check:
    try:
        source = opened()
        first = next(iter(source.files()), None)
    except SpecInvalid as error:
        return warn(f"{what} at {address} are not tried: {error}", "a run in the cluster reads them")
    except DagAuditError as error:
        return fail(f"{what} at {address}: {error}", "check the address and the credentials at hand")
    if first is None and isinstance(source, FailuresAlone):
        return ok(f"{what} at {address} can be read; nothing failed lately")
    if first is None:
        return warn(f"{what} at {address}: nothing lies there", "check the address; a run would find nothing")
    return ok(f"{what} at {address} can be read")


def history_check(address: str) -> Check:
    """A read of no time at all: sign-in, rights and version, without the rows of a night."""
    from dagaudit import adapters

    try:
        found = adapters.open_run_history(address, os.environ).read(datetime.now(UTC))
    except DagAuditError as error:
        return fail(f"run history at {address}: {error}", "check the address and the credentials at hand")
    if found.failures:
        return warn(
            f"run history at {address} can be read in part: {found.failures[0].message}",
            "give the user the rights that are missing; a run tells the same of its report",
        )
    return ok(f"run history at {address} can be read: Airflow {found.airflow_version}")


def _reports(address: str) -> Check:
    from dagaudit import adapters

    key = f".doctor-{uuid.uuid4().hex[:12]}"
    try:
        store = adapters.open_report_store(address)
        store.write(key, PROBE)
        try:
            same = store.read(key).data == PROBE
        finally:
            store.delete(key)
    except DagAuditError as error:
        return fail(
            f"reports at {address}: {error}",
            "grant writing, reading and deleting there, or name another place",
        )
    if not same:
        return fail(f"reports at {address}: what was written is not what is read", "look at the store itself")
    return ok(f"reports at {address} can be written, read and deleted")


def _model(address: str) -> Check:
    from dagaudit import adapters

    try:
        found = adapters.open_llm(address).model()
    except DagAuditError as error:
        return fail(f"model at {address}: {error}", "start Ollama there and pull the model, or mend spec.llm")
    name = found.name if found else "no model"
    return ok(f"model at {address} is there: {name}")

"""Signatures of missing or broken dependencies: the worker's environment differs from what the code needs."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_import = partial(
    Signature,
    category=Category.IMPORT_DEPENDENCY,
    owner=CauseOwner.DAG_AUTHOR,
    retryable=False,
    weight=3,
    shared=True,
)

SIGNATURES = (
    _import(
        id="module-not-found",
        pattern=(
            r"ModuleNotFoundError: No module named '?(?P<subject>[\w.\-]{1,100})"
            r"|No module named '?(?P<subject2>[\w.]{1,100})"
        ),
        literals=("no module named",),
        title="The Python module {subject} is not installed on the worker",
        nobody="that the code imports",
        advice=(
            "Add it to the image's requirements; where only one worker lacks it, that worker's image "
            "is stale."
        ),
        positive="ModuleNotFoundError: No module named 'not_there_pkg'",
        negative="ImportError: cannot import name 'x' from 'json'",
    ),
    _import(
        id="cannot-import-name",
        pattern=(
            r"cannot import name '?(?P<subject>[\w.]{1,80})'?"
            r"|partially initialized module '?(?P<subject2>[\w.]{1,80})"
        ),
        literals=("cannot import name", "partially initialized module"),
        title="The name {subject} cannot be imported: another version of the library than the code expects",
        nobody="that the code asks for",
        advice="Pin the library to the version that the code was written for, or follow the rename.",
        positive="ImportError: cannot import name 'not_a_name' from 'json'",
        negative="NameError: name 'json' is not defined",
    ),
    _import(
        id="native-library",
        pattern=(
            r"undefined symbol|GLIBC(?:XX)?_[\d.]+|cannot open shared object file|wrong ELF class"
            r"|DLL load failed"
        ),
        literals=("undefined symbol", "glibc", "shared object file", "elf class", "dll load failed"),
        title="A native library does not fit the worker's image",
        advice="Install the system library in the image, or use a wheel built for it.",
        owner=CauseOwner.PLATFORM,
        positive="ImportError: libpq.so.5: cannot open shared object file: No such file or directory",
        negative="FileNotFoundError: [Errno 2] No such file or directory: 'a.csv'",
    ),
    _import(
        id="import-timeout",
        pattern=r"DagBag import timeout for|dagbag_import_timeout",
        literals=("dagbag import timeout", "dagbag_import_timeout"),
        title="The DAG file takes too long to import",
        advice="Move calls to databases and services out of the file's top level.",
        positive="AirflowTaskTimeout: DagBag import timeout for /dags/slow.py after 30.0s.",
        negative="AirflowTaskTimeout: Timeout, PID: 209",
    ),
    _import(
        id="requirement-not-met",
        pattern=(
            r"No matching distribution found for (?P<subject>[\w.\-]{1,60})"
            r"|Could not find a version that satisfies|ResolutionImpossible|DistributionNotFound"
            r"|PackageNotFoundError|VersionConflict|No solution found when resolving"
        ),
        literals=(
            "no matching distribution",
            "could not find a version",
            "resolutionimpossible",
            "distributionnotfound",
            "packagenotfounderror",
            "versionconflict",
            "no solution found",
        ),
        title="A requirement cannot be installed ({subject})",
        nobody="see the evidence",
        advice="Correct the requirement, or the index that pip asks.",
        positive="ERROR: No matching distribution found for pandas==99.0",
        negative="0 rows found",
    ),
    _import(
        id="command-not-found",
        pattern=(
            r"(?:^|: )(?P<subject>[\w./\-]{1,80}): (?:command )?not found\b"
            r"|executable file not found in \$PATH|Cannot run program \""
            r"|(?:env|nohup|xargs|nice|sudo|exec|timeout: failed to run command):? "
            r"['\u2018\"]?(?P<subject2>[\w.+\-]{1,80})['\u2019\"]?: No such file or directory"
            r"|exit(?:ed)?(?: with)?(?: return)?(?: code| status):? 127\b"
        ),
        literals=("not found", " 127", "no such file or directory", "cannot run program"),
        title="The command {subject} is not installed on the worker",
        nobody="that the task calls",
        advice="Add the program to the image, or correct its name.",
        positive="bash: line 1: nosuchcmd: command not found",
        negative="404 Client Error: Not Found for url: https://a.example/x",
    ),
    _import(
        id="interpreter-missing",
        pattern=(
            r"(?:No such file or directory: |Python executable "
            r"|Python Path )['\"]?(?P<subject>[^'\"]{0,120}/python[\d.]*)"
        ),
        literals=("/python",),
        title="The Python interpreter {subject} does not exist on the worker",
        advice="Build the virtualenv into the image, or correct the path.",
        positive="FileNotFoundError: [Errno 2] No such file or directory: '/opt/venvs/etl/bin/python'",
        negative="FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/orders.csv'",
    ),
    _import(
        id="dag-not-on-worker",
        scope=Scope.END,
        pattern=r"(?P<subject>(?:Dag|Task) not found(?: in Dag)?) during start ?up|Broken DAG",
        literals=("during start", "broken dag"),
        title="The worker cannot find the DAG or the task in the file",
        advice="Look at the import error before it; else the worker has an older copy of the DAG folder.",
        confidence=Confidence.LIKELY,
        weight=2,
        positive="Dag not found during start up",
        negative="Dag file parsed",
    ),
    _import(
        id="dag-could-not-be-found",
        pattern=(
            r"[Dd]ag_id could not be found: (?P<subject>[\w.\-]{1,100})"
            r"|Broken DAG: \[(?P<subject2>[^\]]{1,200})\]"
        ),
        literals=("dag_id could not be found", "broken dag"),
        title="The DAG {subject} could not be imported on the worker",
        advice="Import the file on the worker's image and mend what it says.",
        positive=(
            "AirflowException: Dag_id could not be found: orders. Either the dag did not exist or it "
            "failed to parse."
        ),
        negative="The conn_id `x` isn't defined",
    ),
    _import(
        id="start-up-crash",
        pattern=r"Last chance exception handler|Exception in _fork_main",
        literals=("last chance exception", "_fork_main"),
        owner=CauseOwner.PLATFORM,
        confidence=Confidence.LIKELY,
        title="The task's process crashed before it reached the task",
        advice="Read the traceback on stderr: usually a broken plugin, setting or package of the image.",
        positive="--- Supervised process Last chance exception handler ---",
        negative="Task failed with exception",
    ),
    _import(
        id="import-error",
        exceptions=("ImportError",),
        scope=Scope.EXCEPTION,
        weight=2,
        pattern=r"ImportError: (?P<subject>.{1,100})|ImportError",
        title="An import fails ({subject})",
        advice="Check the versions of the library and of what it needs.",
        positive="ImportError: Missing optional dependency 'pyarrow'",
        negative="KeyError: 'pyarrow'",
    ),
)

"""DGA402: the network is used while the file is parsed.

The DAG processor parses the file every few seconds or minutes. Each time it waits for the other side, and
when that does not answer in time, the import fails and all DAGs of the file disappear. Making a client
object alone is not reported, calling it is.

Bad:

    import requests
    from airflow.sdk import DAG

    TABLES = requests.get("https://catalog.example.com/tables", timeout=10).json()  # <- here

    with DAG("sync", schedule="@daily"):
        pass

Bad:

    import boto3
    from airflow.sdk import DAG

    s3 = boto3.client("s3")
    KEYS = s3.list_objects_v2(Bucket="exports")  # <- here

Good:

    import requests
    from airflow.sdk import dag, task

    @dag(schedule="@daily")
    def sync():
        @task
        def tables() -> list[str]:
            return requests.get("https://catalog.example.com/tables", timeout=10).json()

        tables()

    sync()
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_NETWORK = re.compile(
    r"(?:requests|httpx)\.(?:get|post|put|patch|delete|head|options|request|stream)"
    r"|(?:requests\.(?:Session|session)|httpx\.Client)\(\)\.(?:get|post|put|patch|delete|head|options|request|send|stream)"
    r"|urllib\.request\.(?:urlopen|urlretrieve)"
    r"|urllib3\.(?:request|PoolManager\(\)\.\w+)"
    r"|boto3\.(?:client|resource)\(\)\.\w+(?!\(\))"
    r"|boto3\.(?:Session|session\.Session)\(\)\.(?:client|resource)\(\)\.\w+"
    r"|google\.cloud\.\w+(?:\.\w+)*\.\w*Client\(\)\.\w+"
    r"|azure\.[\w.]+Client\(\)\.\w+"
    r"|kubernetes\.client\.\w+Api\(\)\.\w+"
    r"|socket\.(?:create_connection|getaddrinfo|gethostbyname|socket\(\)\.connect)"
    r"|paramiko\.SSHClient\(\)\.(?:connect|exec_command|open_sftp)"
    r"|(?:ftplib\.FTP(?:_TLS)?|smtplib\.SMTP(?:_SSL)?)"
)
_LAZY = re.compile(
    r"\)\.(?:bucket|blob|Bucket|Object|Table|Queue|Topic|meta|get_paginator|dataset|table|close)$"
)


@file_rule("DGA402", "network-at-parse", Severity.HIGH, tags=("parse-time", "performance"))
def check(file: FileContext) -> Iterator[Problem]:
    """Calls that go out, where an import runs them."""
    for name, calls in file.calls.items():
        if not _NETWORK.fullmatch(name) or _LAZY.search(name):
            continue
        for call in calls:
            if file.scopes.at_parse(call):
                shown = ".".join(name.replace("()", "").split(".")[-2:])
                yield Problem(
                    call,
                    f"{shown}() goes over the network at every parse of the file",
                    "do it in a task; where it decides which tasks there are, map over its result",
                )

"""DGA403: a database is queried while the file is parsed.

Every parse opens a connection, on every DAG processor, all day long. A slow query makes the scheduler late
for every DAG of the bundle, and a database that is down takes the DAG with it.

Bad:

    import psycopg2
    from airflow.sdk import DAG

    connection = psycopg2.connect("dbname=config")  # <- here

Bad:

    from airflow.sdk import DAG
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    rows = PostgresHook("config").get_records("SELECT name FROM feeds")  # <- here

    with DAG("feeds", schedule="@daily"):
        pass

Good:

    from airflow.sdk import dag, task
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    @dag(schedule="@daily")
    def feeds():
        @task
        def names() -> list[str]:
            return [row[0] for row in PostgresHook("config").get_records("SELECT name FROM feeds LIMIT 100")]

        names()

    feeds()
"""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_DATABASE = re.compile(
    r"(?:psycopg2?|pymysql|MySQLdb|mysql\.connector|sqlite3|pyodbc|cx_Oracle|oracledb|snowflake\.connector|duckdb"
    r"|pymssql|trino\.dbapi|clickhouse_driver|teradatasql|redshift_connector|databricks\.sql)\.connect"
    r"|sqlalchemy\.(?:engine\.)?create_engine\(\)\.(?:connect|execute|begin|raw_connection)"
    r"|(?:pandas|polars)\.read_(?:sql|sql_query|sql_table|gbq|database)"
    r"|pymongo\.MongoClient\(\)\.(?:list_\w+|server_info)"
    r"|redis\.(?:Strict)?Redis\(\)\.\w+"
    r"|airflow\.[\w.]*Hook\(\)\.(?:get_records|get_first|get_conn|get_cursor|get_pandas_df\w*|get_df\w*|run|query"
    r"|insert_rows|get_sqlalchemy_engine\(\)\.connect|find|get_collection|read_key|list_keys|check_for_key)"
    r"|airflow\.settings\.Session|airflow\.utils\.session\.create_session"
    r"|airflow\.models\.(?:\w+\.)?(?:DagRun\.find|DagModel\.\w+)"
)


@file_rule("DGA403", "database-at-parse", Severity.HIGH, tags=("parse-time", "performance"))
def check(file: FileContext) -> Iterator[Problem]:
    """Connections and queries, where an import runs them."""
    for name, calls in file.calls.items():
        if not _DATABASE.fullmatch(name):
            continue
        for call in calls:
            if file.scopes.at_parse(call):
                shown = ".".join(name.replace("()", "").split(".")[-2:])
                yield Problem(
                    call,
                    f"{shown}() opens a connection at every parse of the file",
                    "query in a task; where the rows decide which tasks there are, map over them",
                )

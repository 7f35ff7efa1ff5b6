"""Which pod of a sharded run looks at which DAG files; written by the first of them, read by all."""

from datetime import datetime

from pydantic import Field

from dagaudit.section import SCHEMA_VERSION
from dagaudit.wire import Wire


class ShardPlan(Wire):
    """`shards/<run>/plan.json` below the reports root, while the run goes on."""

    schema_version: str = SCHEMA_VERSION
    created_at: datetime = Field(description="Also the day that rules go by, in every shard and the merge.")
    shards: tuple[tuple[str, ...], ...] = Field(description="Paths of DAG files, by shard.")

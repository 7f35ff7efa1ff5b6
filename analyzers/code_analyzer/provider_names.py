"""Which provider package a module of Airflow belongs to."""

_PREFIX = "airflow.providers."
# Families: their packages are called by two words.
_FAMILIES = frozenset({"apache", "atlassian", "cncf", "common", "dbt", "microsoft"})
_OF_CORE = (("airflow.www", "fab"), ("airflow.auth", "fab"), ("airflow.kubernetes", "cncf.kubernetes"))


def package_of(module: str) -> str | None:
    """`apache-airflow-providers-common-sql` for airflow.providers.common.sql.hooks; None: no provider's."""
    if not module.startswith(_PREFIX):
        return next(
            (
                _package(name)
                for prefix, name in _OF_CORE
                if module == prefix or module.startswith(prefix + ".")
            ),
            None,
        )
    parts = module.removeprefix(_PREFIX).split(".")
    return _package(".".join(parts[: 2 if parts[0] in _FAMILIES else 1]))


def _package(name: str) -> str:
    return "apache-airflow-providers-" + name.replace(".", "-").replace("_", "-")

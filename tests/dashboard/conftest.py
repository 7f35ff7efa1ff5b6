"""Reports for the dashboard's tests, made by the real merger on a real disk."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import dashboard
from tests.dashboard import sample

APP = Path(dashboard.__file__).with_name("app.py")
KINDS: dict[str, Callable[[], sample.Sections]] = {
    "whole": sample.whole,
    "partial": sample.partial,
    "failed": sample.failed,
    "empty": sample.empty,
    "many": sample.many,
}
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], sample.Sample]:
    """A published report of each kind, made once."""

    @cache
    def made(kind: str) -> sample.Sample:
        return sample.publish_sample(tmp_path_factory.mktemp(kind), KINDS[kind]())

    return made


@pytest.fixture(autouse=True)
def _nothing_cached() -> None:
    st.cache_resource.clear()


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a page of the app on an address, as a browser does with a URL."""

    def opened(address: object, page: str = "overview", /, **params: str | list[str]) -> AppTest:
        monkeypatch.setenv("DASHBOARD_DATA_PATH", str(address))
        app = AppTest.from_file(APP, default_timeout=60)
        if page != "overview":
            app.run()
            app.switch_page(f"app_pages/{page}.py")
        for key, value in params.items():
            app.query_params[key] = value
        return app.run()

    return opened

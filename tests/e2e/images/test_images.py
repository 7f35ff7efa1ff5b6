"""What the images hold, by running them."""

from collections.abc import Callable, Iterator

import pytest

from tests.cluster.docker import base_image, docker
from tests.cluster.images import PRODUCT, TAG, build

Run = Callable[..., str]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Runs a program in an image as a pod does: no network, nothing may be written."""
    with docker() as daemon:
        base = base_image(daemon)
        for name in PRODUCT:
            build(daemon, base, name)

        def program(image: str, *command: str) -> str:
            confined = (
                "--rm",
                "--network",
                "none",
                "--read-only",
                "--cap-drop",
                "ALL",
                "--entrypoint",
                command[0],
            )
            return daemon.run("run", *confined, f"dagaudit/{image}:{TAG}", *command[1:])

        yield program


@pytest.mark.parametrize("image", PRODUCT)
def test_nobody_in_it_is_root(run, image):
    assert run(image, "id", "--user") == "65532"


@pytest.mark.parametrize(
    ("image", "module"),
    [("operator", "controller"), ("runner", "analyzers"), ("dashboard", "dashboard.asgi")],
)
def test_its_part_is_there(run, image, module):
    assert run(image, "python", "-c", f"import {module}; print('there')") == "there"


@pytest.mark.parametrize(
    ("image", "package"),
    [("operator", "streamlit"), ("operator", "boto3"), ("runner", "kopf"), ("dashboard", "kopf")],
)
def test_what_its_part_does_not_need_is_not_there(run, image, package):
    asked = f"import importlib.util; print(importlib.util.find_spec('{package}'))"

    assert run(image, "python", "-c", asked) == "None"


def test_runner_can_fetch_from_a_repository(run):
    assert run("runner", "git", "--version").startswith("git version 2.")

"""Builds the project's images and those the tests need, and loads them into a node."""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.cluster.docker import Docker, base_image, docker
from tests.golang import cache_folder

ROOT = Path(__file__).parent.parent.parent
TAG = "test"
PRODUCT = ("operator", "runner", "dashboard")
EVERY = (*PRODUCT, "moto", "ollama")


def build_all(names: tuple[str, ...] = EVERY) -> dict[str, Path]:
    """Build the images; an archive of each in the cache, made anew only when the image has changed."""
    archives = {}
    with docker() as daemon:
        base = base_image(daemon)
        for name in names:
            build(daemon, base, name)
            archives[name] = _saved(daemon, name)
        # What the new ones replaced would fill the disk build by build.
        daemon.run("image", "prune", "--force")
    return archives


def sizes(names: tuple[str, ...] = EVERY) -> dict[str, str]:
    """Size of each image, as Docker tells it."""
    with docker() as daemon:
        return {
            name: daemon.run("images", "--format", "{{.Size}}", f"dagaudit/{name}:{TAG}") for name in names
        }


def build(daemon: Docker, base: str, name: str) -> None:
    """Build one image."""
    tag, argument = f"dagaudit/{name}:{TAG}", f"BASE={base}"
    if name in PRODUCT:
        daemon.build(tag, ROOT, "--target", name, "--build-arg", argument)
        return
    recipe = ROOT / "tests/cluster/images" / name / "Dockerfile"
    if name == "moto":
        daemon.build(tag, ROOT, "--file", recipe, "--build-arg", argument)
        return
    from tests.e2e.ollama import server

    with tempfile.TemporaryDirectory(prefix="dagaudit-ollama-") as folder:
        shutil.copy2(server.build(), Path(folder) / "ollama")
        daemon.build(tag, Path(folder), "--file", recipe, "--build-arg", argument)


def _saved(daemon: Docker, name: str) -> Path:
    tag = f"dagaudit/{name}:{TAG}"
    identity = daemon.run("image", "inspect", "--format", "{{.Id}}", tag).removeprefix("sha256:")[:16]
    folder = cache_folder() / "images"
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"{name}-{identity}.tar"
    if not archive.exists():
        for old in folder.glob(f"{name}-*.tar"):
            old.unlink()
        daemon.run("save", "--output", archive, tag)
    return archive


if __name__ == "__main__":
    for built in build_all().values():
        sys.stdout.write(f"{built}\n")

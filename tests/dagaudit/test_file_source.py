import os
import socket
import tempfile
from pathlib import Path

import pytest

from dagaudit.adapters import open_dag_source
from dagaudit.errors import AccessRefused, SourceChanged, SourceMissing, SourceUnreadable
from dagaudit.ports import SourceFile


def paths(folder):
    return [file.path for file in open_dag_source(str(folder)).files()]


def test_empty_folder_has_no_files(tmp_path):
    assert paths(tmp_path) == []


def test_links_are_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real/x.py").write_text("1")
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags/linked").symlink_to(tmp_path / "real")
    (tmp_path / "dags/y.py").symlink_to(tmp_path / "real/x.py")

    assert paths(tmp_path / "dags") == ["linked/x.py", "y.py"]


@pytest.mark.parametrize("target", [".", "..", "../a"])
def test_loop_of_links_ends(tmp_path, target):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.py").write_text("1")
    (tmp_path / "a/loop").symlink_to(target)

    assert paths(tmp_path) == ["a/x.py"]


def test_folders_full_of_links_to_each_other_end(tmp_path):
    names = [f"team_{number}" for number in range(12)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text("1")
        for other in names:
            (tmp_path / name / f"to_{other}").symlink_to(tmp_path / other)

    listed = paths(tmp_path)

    assert {f"{name}/x.py" for name in names} <= set(listed)
    assert len(listed) <= 12 * 17


def test_link_to_itself_fails_when_read_and_not_before(tmp_path):
    (tmp_path / "self.py").symlink_to("self.py")
    (tmp_path / "x.py").write_text("1")
    source = open_dag_source(str(tmp_path))
    broken, _ = source.files()

    with pytest.raises(SourceUnreadable, match=r"self\.py cannot be read: Too many levels of symbolic links"):
        source.read(broken)


def test_dangling_link_is_named_when_read(tmp_path):
    (tmp_path / "gone.py").symlink_to("/nowhere/at/all.py")
    source = open_dag_source(str(tmp_path))
    (file,) = source.files()

    with pytest.raises(
        SourceMissing, match=r"gone\.py is a link to /nowhere/at/all\.py, which does not exist"
    ):
        source.read(file)


def test_fifos_and_sockets_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "fifo.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.py"))

        assert paths(tmp_path) == []


def test_fifo_in_the_place_of_a_file_does_not_block(tmp_path):
    (tmp_path / "x.py").write_text("1")
    source = open_dag_source(str(tmp_path))
    (file,) = source.files()
    (tmp_path / "x.py").unlink()
    os.mkfifo(tmp_path / "x.py")

    with pytest.raises(SourceUnreadable, match="changed after it was listed"):
        source.read(file)


def test_device_is_no_source():
    with pytest.raises(SourceUnreadable, match="/dev/null is neither a folder nor a file"):
        paths("/dev/null")


def test_mounted_config_map_shows_each_file_once(tmp_path):
    (tmp_path / "..2026_01_01").mkdir()
    (tmp_path / "..2026_01_01/x.py").write_text("1")
    (tmp_path / "..data").symlink_to("..2026_01_01")
    (tmp_path / "x.py").symlink_to("..data/x.py")

    assert paths(tmp_path) == ["x.py"]


def test_name_that_is_not_utf8_is_shown_and_read(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / os.fsdecode(b"sub/\xff.py")).write_text("odd")
    source = open_dag_source(str(tmp_path))
    (file,) = source.files()

    assert file.path == "sub/\\xff.py"
    assert source.read(file) == b"odd"


def test_file_that_changes_while_it_is_read_is_noticed(tmp_path):
    (tmp_path / "x.py").write_text("1")
    source = open_dag_source(str(tmp_path))
    (file,) = source.files()

    def read_slowly():
        with source.open(file) as stream:
            stream.read()
            (tmp_path / "x.py").write_text("22")

    with pytest.raises(SourceChanged, match="changed"):
        read_slowly()


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "a/../../secret"])
def test_nothing_outside_the_root_is_read(tmp_path, path):
    (tmp_path / "dags").mkdir()
    (tmp_path / "secret").write_text("s")

    with pytest.raises(SourceMissing, match="does not lie below"):
        open_dag_source(str(tmp_path / "dags")).read(SourceFile(path, 1, "1-1"))


@pytest.fixture
def open_folder():
    """A folder that every user may reach, unlike tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def ordinary_user():
    """Root may read everything, so a test about permissions must be somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_file_without_permission_names_file_and_remedy(open_folder, request):
    (open_folder / "x.py").write_text("1")
    (open_folder / "x.py").chmod(0)
    source = open_dag_source(str(open_folder))
    (file,) = source.files()
    request.getfixturevalue("ordinary_user")

    with pytest.raises(AccessRefused, match=r"x\.py may not be read by this user; grant read permission"):
        source.read(file)


def test_folder_without_permission_stands_for_its_files(open_folder, request):
    (open_folder / "closed").mkdir(mode=0)
    (open_folder / "closed.py").write_text("1")
    (open_folder / "x.py").write_text("1")
    source = open_dag_source(str(open_folder))
    request.getfixturevalue("ordinary_user")

    listed = list(source.files())

    assert [file.path for file in listed if not file.is_unlisted_folder] == ["closed.py", "x.py"]
    (closed,) = (file for file in listed if file.is_unlisted_folder)
    with pytest.raises(AccessRefused, match="closed may not be read by this user; grant read permission"):
        source.read(closed)


def test_root_without_permission_is_an_error(open_folder, request):
    (open_folder / "closed").mkdir(mode=0)
    request.getfixturevalue("ordinary_user")

    with pytest.raises(AccessRefused, match="closed may not be read"):
        paths(open_folder / "closed")


def test_folder_that_a_disk_makes_for_itself_is_left_alone(open_folder, request):
    (open_folder / "lost+found").mkdir(mode=0)
    (open_folder / "x.py").write_text("1")
    request.getfixturevalue("ordinary_user")

    assert paths(open_folder) == ["x.py"]


def test_name_that_no_disk_can_hold_is_unreadable(tmp_path):
    with pytest.raises(SourceUnreadable, match="File name too long"):
        paths(tmp_path / ("d" * 300))

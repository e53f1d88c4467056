"""The file system in memory answers as Linux's does."""

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.api.files import MemoryFiles, normal


def refused(number: int) -> object:
    return pytest.raises(OSError, match=r".*", check=lambda error: error.errno == number)


def test_what_was_written_is_read() -> None:
    files = MemoryFiles({"/a/b.txt": b"x"})
    files.append("/a/b.txt", b"y")
    assert files.read("/a/b.txt") == b"xy"
    assert files.list("/a") == ["b.txt"]
    assert files.at("/a").read("b.txt") == b"xy"
    assert files.at("/a").read("../a/./b.txt") == b"xy"


def test_errors_have_number_sentence_and_path() -> None:
    files = MemoryFiles({"/f": b"", "/d/": b""})
    with pytest.raises(FileNotFoundError) as caught:
        files.read("none")
    assert (caught.value.strerror, caught.value.filename) == ("No such file or directory", "none")
    with refused(errno.EISDIR):
        files.read("/d")
    with refused(errno.ENOTDIR):
        files.read("/f/x")
    with refused(errno.EEXIST):
        files.mkdir("/d")
    with refused(errno.ENOENT):
        files.write("/none/x", b"")
    with refused(errno.EISDIR):
        files.remove("/d")


def test_a_directory_with_something_in_it_stays() -> None:
    files = MemoryFiles({"/d/f": b""})
    with refused(errno.ENOTEMPTY):
        files.rmdir("/d")
    files.remove("/d/f")
    files.rmdir("/d")
    assert not files.exists("/d")


def test_a_directory_cannot_be_moved_into_itself() -> None:
    files = MemoryFiles({"/d/e/": b""})
    with refused(errno.EINVAL):
        files.rename("/d", "/d/e/d")


def test_a_user_changes_only_what_is_theirs() -> None:
    files = MemoryFiles({"/etc/x": b"1"})
    files.make_directories("/home/ubuntu")
    files.chown("/home/ubuntu", "ubuntu")
    mine = files.at("/home/ubuntu", "ubuntu")
    mine.write("f", b"2")
    with refused(errno.EACCES):
        mine.write("/etc/x", b"3")
    with refused(errno.EACCES):
        mine.write("/etc/y", b"3")
    files.chmod("/etc/x", 0o600)
    with refused(errno.EACCES):
        mine.read("/etc/x")


def test_in_a_sticky_directory_one_removes_only_ones_own() -> None:
    files = MemoryFiles()
    files.write("/tmp/x", b"")
    with refused(errno.EPERM):
        files.at(user="ubuntu").remove("/tmp/x")


def test_it_holds_so_much_and_no_more() -> None:
    files = MemoryFiles(max_bytes=100, max_nodes=10)
    files.write("/a", b"x" * 100)
    with refused(errno.ENOSPC):
        files.append("/a", b"x")
    files.write("/a", b"")
    files.write("/b", b"x" * 90)
    with refused(errno.ENOSPC):
        for number in range(20):
            files.mkdir(f"/d{number}")


def test_the_null_device_takes_everything_and_gives_nothing() -> None:
    files = MemoryFiles()
    files.write("/dev/null", b"x")
    assert files.read("/dev/null") == b""


def test_times_come_from_the_clock() -> None:
    now = [5]
    files = MemoryFiles(clock=lambda: now[0])
    files.write("/a", b"")
    now[0] = 9
    files.append("/a", b"x")
    assert files.stat("/a").changed_us == 9


@given(st.text("ab./", max_size=30), st.text("ab./", max_size=30))
def test_a_normal_path_is_absolute_and_stays_so(path: str, directory: str) -> None:
    once = normal(path, "/" + directory)
    assert once.startswith("/")
    assert normal(once) == once
    assert "//" not in once
    assert not {".", ".."} & set(once.split("/"))

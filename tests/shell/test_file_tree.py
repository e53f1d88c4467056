"""Bases that many file systems begin with, and what differs from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.api.file_tree import BARE, Base
from playground.api.files import MemoryFiles

BASE = Base(
    {"/etc/passwd": b"root\n", "/etc/motd": b"hi\n", "/var/log/": b""},
    ["/usr/bin/ls"],
    modes={"/root": 0o700},
    same={"/bin": "/usr/bin"},
    changed_us=7,
)


def everything(files: MemoryFiles) -> dict[str, bytes | None]:
    return {path: None if files.is_directory(path) else files.read(path) for path in files.walk("/")}


def test_what_one_changes_the_others_do_not_see() -> None:
    one, other = MemoryFiles(base=BASE), MemoryFiles(base=BASE)
    before = everything(other)
    one.write("/etc/passwd", b"nobody\n")
    one.append("/etc/motd", b"there\n")
    one.remove("/usr/bin/ls")
    one.chmod("/var/log", 0o700)
    one.rename("/etc", "/old")
    assert everything(other) == before
    assert other.mode("/var/log") == 0o755
    assert one.read("/old/motd") == b"hi\nthere\n"
    assert everything(MemoryFiles(base=BASE)) == before


def test_a_base_costs_a_file_system_nothing_until_it_is_changed() -> None:
    files = MemoryFiles(base=BASE, max_nodes=3, max_bytes=8)
    assert files.usage()[0] == 0
    files.append("/etc/motd", b"x")
    assert files.usage()[0] == 4
    with pytest.raises(OSError, match="No space left"):
        files.write("/var/log/new", b"")
    files.remove("/etc/motd")
    assert files.usage()[0] == 0


def test_a_directory_seen_in_two_places_is_the_same_until_it_changes() -> None:
    files = MemoryFiles(base=BASE)
    assert files.list("/bin") == files.list("/usr/bin") == ["ls"]
    assert files.stat("/bin/ls").mode == 0o755


def test_modes_and_times_are_the_bases_own() -> None:
    files = MemoryFiles(base=BASE, clock=lambda: 99)
    assert (files.mode("/root"), files.stat("/etc/motd").changed_us) == (0o700, 7)
    assert not files.at(user="ubuntu").may("/root", "read")


def test_differences_name_what_changed_and_the_directories_above_it() -> None:
    files = MemoryFiles(base=BASE)
    assert files.differences() == []
    files.make_directories("/made/below")
    files.write("/etc/passwd", b"other\n")
    files.remove("/etc/motd")
    files.write("/tmp/new", b"")
    assert files.differences(lambda path: path == "/tmp") == [
        ("/etc", "changed"),
        ("/etc/motd", "deleted"),
        ("/etc/passwd", "changed"),
        ("/made", "added"),
        ("/made/below", "added"),
    ]


def test_writing_the_same_again_is_no_difference() -> None:
    files = MemoryFiles(base=BASE)
    files.write("/etc/motd", files.read("/etc/motd"))
    files.write("/etc/new", b"")
    files.remove("/etc/new")
    assert files.differences() == []


def test_a_bare_base_holds_nothing() -> None:
    assert list(MemoryFiles(base=BARE).walk("/")) == ["/"]


PATHS = st.sampled_from(["/etc/passwd", "/etc", "/var/log", "/usr/bin/ls", "/bin/ls", "/new", "/new/deep", "/tmp/x"])


@given(
    st.lists(st.tuples(st.sampled_from(["write", "append", "remove", "rmdir", "mkdir", "chmod"]), PATHS), max_size=25)
)
def test_a_shared_base_behaves_as_one_of_its_own(acts: list[tuple[str, str]]) -> None:
    """Whatever is done, it looks the same as where every file was written anew."""
    shared = MemoryFiles(base=BASE)
    alone = MemoryFiles({path + "/" * shared.is_directory(path): b"" for path in shared.walk("/") if path != "/"})
    for path, data in everything(shared).items():
        if data is not None and path != "/dev/null":
            alone.write(path, data)
        alone.chmod(path, shared.mode(path))
    for act, path in acts:
        results = []
        for files in (shared, alone):
            try:
                if act in ("write", "append"):
                    getattr(files, act)(path, b"data")
                elif act == "chmod":
                    files.chmod(path, 0o640)
                else:
                    getattr(files, act)(path)
                results.append(None)
            except OSError as error:
                results.append(error.errno)
        assert results[0] == results[1]
    assert everything(shared) == everything(alone)
    assert MemoryFiles(base=BASE).differences() == []

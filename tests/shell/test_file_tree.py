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
    links={"/bin": "usr/bin"},
    changed_us=7,
)


def everything(files: MemoryFiles) -> dict[str, bytes | str | None]:
    return {
        path: files.link(path) or (None if files.is_directory(path) else files.read(path)) for path in files.walk("/")
    }


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


def test_a_base_has_links() -> None:
    files = MemoryFiles(base=Base({"/bin/sh": b"#"}, on=BASE))
    assert files.link("/bin") == "usr/bin"
    assert files.list("/bin") == files.list("/usr/bin") == ["ls", "sh"]
    assert files.stat("/bin/ls").mode == 0o755
    assert (files.real("/bin/../bin/ls"), files.absolute("/bin/ls")) == ("/usr/bin/ls", "/bin/ls")


def test_a_link_leads_where_it_points_and_is_removed_by_itself() -> None:
    files = MemoryFiles(directory="/data")
    files.make_link("/data/to", "deep/file")
    assert files.exists("to", follow=False)
    assert not files.exists("to")
    with pytest.raises(OSError, match="No such file"):
        files.write("to", b"x")
    files.make_directories("deep")
    files.write("to", b"one")
    files.append("to", b"two")
    assert files.read("/data/deep/file") == b"onetwo"
    files.make_link("dir", "/data/deep")
    assert files.read("dir/../deep/file") == b"onetwo"
    with pytest.raises(OSError, match="Not a directory"):
        files.rmdir("dir")
    files.rename("to", "dir/again")
    assert files.link("deep/again") == "deep/file"
    assert list(files.walk("dir")) == ["dir"]
    assert list(files.walk("dir/")) == ["dir/", "dir/again", "dir/file"]
    files.remove("dir")
    assert files.read("deep/file") == b"onetwo"


def test_links_that_go_round_end_in_an_error() -> None:
    files = MemoryFiles()
    files.make_link("/a", "b")
    files.make_link("/b", "a")
    for act in (files.read, files.list, files.stat, lambda path: files.write(path, b"")):
        with pytest.raises(OSError, match="Too many levels of symbolic links"):
            act("/a")


def test_a_file_that_lies_in_two_places_is_one_file_until_both_are_gone() -> None:
    files = MemoryFiles(base=BASE, max_bytes=8)
    files.make_hard_link("/copy", "/etc/motd")
    files.append("/copy", b"!")
    assert files.read("/etc/motd") == b"hi\n!"
    assert (files.stat("/copy").links, files.usage()[0]) == (2, 4)
    files.remove("/etc/motd")
    assert (files.stat("/copy").links, files.usage()[0]) == (1, 4)
    files.remove("/copy")
    assert files.usage()[0] == 0
    with pytest.raises(OSError, match="not permitted"):
        files.make_hard_link("/x", "/etc")


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
    alone = MemoryFiles(
        {
            path + "/" * (shared.is_directory(path) and not shared.link(path)): b""
            for path in shared.walk("/")
            if path != "/"
        }
    )
    for path, data in everything(shared).items():
        if isinstance(data, str):
            alone.remove(path)
            alone.make_link(path, data)
            continue
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

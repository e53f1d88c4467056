"""The driver of Multipass, with a stand-in for the command whose machines are folders."""

import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playground.backends.real.driver import DriverError, Size
from playground.backends.real.multipass_driver import MultipassDriver, labs
from playground.backends.real.multipass_sweep import Owners, sweep
from playground.backends.real.ownership import Owner
from tests.backends.multipass_stand_in import install
from tests.waiting import until

SIZE = Size(2, 4 << 30)


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MultipassDriver:
    monkeypatch.setenv("STAND_IN_STATE", str(tmp_path))
    monkeypatch.delenv("STAND_IN_IMAGE", raising=False)
    monkeypatch.delenv("STAND_IN_FAILS", raising=False)
    return MultipassDriver("0a1b2c", program=install(tmp_path), poll_s=0)


def test_a_launch_tells_its_phases_and_gives_the_machine(driver: MultipassDriver) -> None:
    heard: list[str] = []
    machine = driver.launch("manager1", SIZE, heard.append)
    assert (machine.name, machine.address, machine.power) == ("manager1", "10.222.216.2", "on")
    assert heard[:2] == ["Creating sp-0a1b2c-manager1", "Configuring sp-0a1b2c-manager1"]
    assert "Waiting for initialization to complete" in heard
    assert [(one.name, one.size) for one in driver.machines()] == [("manager1", SIZE)]


def test_a_launch_that_reports_a_time_out_is_waited_for(
    driver: MultipassDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_FAILS", "slow")
    heard: list[str] = []
    assert driver.launch("manager1", SIZE, heard.append).power == "on"
    assert any("looking whether the machine comes up" in phase for phase in heard)


def test_machines_launched_at_once_while_they_are_listed_are_all_there(driver: MultipassDriver) -> None:
    names = [f"worker{number}" for number in range(1, 5)]
    with ThreadPoolExecutor() as pool:
        launched = [pool.submit(driver.launch, name, SIZE, lambda phase: None) for name in names]
        while not all(one.done() for one in launched):
            driver.machines()
    assert sorted(one.result().name for one in launched) == names
    assert sorted(machine.name for machine in driver.machines()) == names


def test_a_launch_that_leaves_nothing_has_failed(driver: MultipassDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN_FAILS", "gone")
    with pytest.raises(DriverError, match="something broke for good"):
        driver.launch("manager1", SIZE, lambda phase: None)


@pytest.mark.parametrize(("fails", "remedy"), [("socket", "chmod 666"), ("kvm", "BIOS")])
def test_the_chapters_two_failures_come_with_their_remedy(
    driver: MultipassDriver, monkeypatch: pytest.MonkeyPatch, fails: str, remedy: str
) -> None:
    monkeypatch.setenv("STAND_IN_FAILS", fails)
    with pytest.raises(DriverError, match=remedy):
        driver.launch("manager1", SIZE, lambda phase: None)


def test_without_blueprints_docker_is_installed_by_cloud_init(
    driver: MultipassDriver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STAND_IN_FAILS", "blueprint")
    assert driver.launch("manager1", SIZE, lambda phase: None).power == "on"
    assert "packages: [docker.io]" in (tmp_path / "instances.json").read_text()


def test_a_name_that_is_taken_is_said(driver: MultipassDriver) -> None:
    driver.launch("manager1", SIZE, lambda phase: None)
    with pytest.raises(DriverError, match="already exists"):
        driver.launch("manager1", SIZE, lambda phase: None)


def test_machines_are_stopped_started_frozen_and_deleted(driver: MultipassDriver) -> None:
    driver.launch("manager1", SIZE, lambda phase: None)

    def power() -> str:
        return driver.machines()[0].power

    driver.stop("manager1")
    assert power() == "off"
    driver.start("manager1")
    assert power() == "on"
    driver.pause("manager1")
    assert power() == "paused"
    driver.kill("manager1")
    assert power() == "off"
    driver.delete("manager1")
    assert driver.machines() == []
    driver.delete("manager1")


def test_labs_are_kept_apart_and_cleared_whole(driver: MultipassDriver, tmp_path: Path) -> None:
    program = install(tmp_path)
    other = MultipassDriver("ffffff", program=program, poll_s=0)
    for name in ("manager1", "worker1"):
        driver.launch(name, SIZE, lambda phase: None)
    other.launch("manager1", SIZE, lambda phase: None)
    assert set(labs(program)) == {"0a1b2c", "ffffff"}
    driver.clear()
    driver.clear()
    assert labs(program) == {"ffffff": ["sp-ffffff-manager1"]}


def test_programs_run_with_their_streams_and_exit_code(driver: MultipassDriver) -> None:
    driver.launch("manager1", SIZE, lambda phase: None)
    program = "cat; echo to stderr >&2; exit 3"
    done = driver.run("manager1", ["sh", "-c", program], user="root", stdin=b"hello", limit_s=20)
    assert (done.stdout, done.stderr, done.exit) == (b"hello", b"to stderr\n", 3)


def test_with_a_terminal_a_program_sees_one_of_80_columns(driver: MultipassDriver) -> None:
    driver.launch("manager1", SIZE, lambda phase: None)
    done = driver.run("manager1", ["sh", "-c", "test -t 0 && stty size"], user="root", tty=True, limit_s=20)
    assert done.stdout == b"24 80\r\n"


def test_a_program_past_its_time_is_ended(driver: MultipassDriver, tmp_path: Path) -> None:
    driver.launch("manager1", SIZE, lambda phase: None)
    mark = str(tmp_path / "mark")
    with pytest.raises(TimeoutError):
        driver.run("manager1", ["sh", "-c", f"tail -f {__file__} >{mark}"], user="root", limit_s=1)
    found = ["pgrep", "-f", f"tail -f {__file__}"]
    until(lambda: subprocess.run(found, capture_output=True, check=False).returncode == 1)


def test_a_machine_that_is_not_there_is_said(driver: MultipassDriver) -> None:
    with pytest.raises(DriverError, match="does not exist"):
        driver.run("nobody", ["true"], user="root", limit_s=20)


def test_a_terminal_hears_of_its_new_size(driver: MultipassDriver) -> None:
    driver.launch("manager1", SIZE, lambda phase: None)
    terminal = driver.terminal("manager1", 80, 24)
    try:
        terminal.limit(20)
        seen = b""
        terminal.resize(100, 30)
        terminal.write(b"echo size: $(stty size)\n")
        while b"size: 30 100" not in seen:
            data = terminal.read()
            assert data, seen
            seen += data
    finally:
        terminal.close()


def test_no_multipass_is_a_sentence(driver: MultipassDriver) -> None:
    with pytest.raises(DriverError, match="cannot be run"):
        MultipassDriver("0a1b2c", program="/nowhere/multipass").machines()


def test_of_a_lab_that_is_gone_no_note_is_left(driver: MultipassDriver, tmp_path: Path) -> None:
    owners = Owners(tmp_path / "notes")
    for lab, until_s in (("0a1b2c", 100), ("ffffff", 100), ("eeeeee", 900)):
        owners.note(lab, Owner(str(tmp_path / "no lock"), socket.gethostname(), "", until_s))
    ending = MultipassDriver("0a1b2c", program=str(tmp_path / "multipass"), on_cleared=lambda: owners.forget("0a1b2c"))
    driver.launch("manager1", SIZE, lambda phase: None)
    assert owners.noted() == ["0a1b2c", "eeeeee", "ffffff"]
    ending.clear()
    assert owners.noted() == ["eeeeee", "ffffff"]

    sweep(owners, "ours", lambda lab: False, str(tmp_path / "multipass"), 500)

    assert owners.noted() == ["eeeeee"]  # A launch that outlived its playground may still bring a machine.

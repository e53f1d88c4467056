"""What is left on an engine is found by its labels, volumes and networks alone too."""

import socket
from pathlib import Path
from typing import Any
from unittest.mock import Mock

from playground.backends.real.claim import Claim
from playground.backends.real.docker_driver import LAB, TRIAL, owner_labels
from playground.backends.real.docker_sweep import found, remove_trials
from playground.backends.real.ownership import Owner, owner_of

GONE = Owner("/nowhere/gone.lock", socket.gethostname())


def engine(*containers: dict[str, Any], networks: tuple[dict[str, Any], ...] = ()) -> Mock:
    api = Mock()
    api.containers.return_value = containers
    api.volumes.return_value = {"Volumes": None}
    api.networks.return_value = networks
    return api


def test_an_owner_is_read_as_it_was_written() -> None:
    owner = Owner("/data/labs.lock", "here", "/data/labs.sqlite3", 1_700_000_000)
    api = engine(networks=({"Id": "n1", "Labels": {LAB: "f00", **owner_labels(owner)}},))

    assert found(api) == {"f00": owner}


def test_labels_of_an_earlier_version_name_no_database_and_no_time() -> None:
    labels = {LAB: "f00", "swarm-playground.owner": "/data/labs.lock", "swarm-playground.owner-host": "here"}

    assert found(engine({"Id": "c1", "Labels": labels})) == {"f00": Owner("/data/labs.lock", "here")}


def test_trial_machines_are_removed_when_whoever_tried_them_runs_no_more(tmp_path: Path) -> None:
    doctor = Claim(tmp_path / "doctor.lock")
    api = engine(
        {"Id": "living", "Labels": {TRIAL: "1", **owner_labels(owner_of(doctor, 0))}},
        {"Id": "left", "Labels": {TRIAL: "1", **owner_labels(GONE)}},
    )

    assert remove_trials(api) == 1
    api.remove_container.assert_called_once_with("left", v=True, force=True)
    doctor.release()

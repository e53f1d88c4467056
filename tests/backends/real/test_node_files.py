"""What is put on a node: what an engine would read otherwise than it is meant is found before one is there."""

import json
import re
import subprocess
from importlib.resources import files

FILES = files("playground.backends.real").joinpath("files")


def test_commands_of_stand_in_images_are_json_that_an_engine_does_not_take_for_a_line_of_a_shell() -> None:
    text = FILES.joinpath("plant-images").read_text()
    commands = re.findall(r"-c 'CMD (.*?)'(?: -c|\n)", text)

    assert len(commands) == 4
    for command in commands:
        words = json.loads(command)
        if words[1:2] == ["-c"]:
            subprocess.run(["sh", "-n", "-c", words[2]], check=True)

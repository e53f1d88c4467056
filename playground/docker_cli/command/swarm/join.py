"""``docker swarm join``: make this engine a node of an existing swarm."""

from playground.docker_cli.cli import Cli
from playground.docker_cli.command.model import Command, exactly
from playground.docker_cli.command.swarm.init import ADVERTISE, AVAILABILITY, DATA_PATH, LISTEN
from playground.docker_cli.command.swarm.spec_flags import availability
from playground.docker_cli.flags.flagset import Flag, Values
from playground.docker_cli.flags.kinds import STRING


async def run(cli: Cli, values: Values) -> None:
    body = {
        "ListenAddr": values.text("listen-addr"),
        "AdvertiseAddr": values.text("advertise-addr"),
        "DataPathAddr": values.text("data-path-addr"),
        "RemoteAddrs": [values.words[0]],
        "JoinToken": values.text("token"),
        "Availability": availability(values),
    }
    await cli.post("/swarm/join", body=body)
    info = await cli.get("/info")
    role = "manager" if info["Swarm"].get("ControlAvailable") else "worker"
    await cli.line(f"This node joined a swarm as a {role}.")


COMMAND = Command(
    "join [OPTIONS] HOST:PORT",
    "Join a swarm as a worker or a manager",
    run,
    exactly(1),
    (ADVERTISE, LISTEN, DATA_PATH, AVAILABILITY, Flag("token", STRING, "The secret that lets this node in")),
    swarm="",
)

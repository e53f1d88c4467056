"""Images made to show something: greetings, who-am-I servers, the voting application."""

from playground.engine.images.life import Image, Life, Line

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MB = 1_000_000
_MS = 1_000

_HELLO = """
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    (amd64)
 3. The Docker daemon created a new container from that image which runs the
    executable that produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.
"""

DEMONSTRATIONS: tuple[Image, ...] = (
    Image(
        "traefik/whoami",
        ("latest", "v1.11", "v1.11.0"),
        6_380_000,
        3,
        "2025-04-12T21:20:00Z",
        entrypoint=("/whoami",),
        ports=("80/tcp",),
        userland="none",
        life=Life(
            main=("/whoami",),
            ready_us=10 * _MS,
            listens=(80,),
            page="whoami",
            lines=(Line(10 * _MS, "{time:%Y/%m/%d %H:%M:%S} Starting up on port 80", 2),),
            on_stop=2,
            stop_us=5 * _MS,
        ),
    ),
    Image(
        "containous/whoami",
        ("latest",),
        7_080_000,
        3,
        "2019-09-25T08:20:00Z",
        entrypoint=("/whoami",),
        ports=("80/tcp",),
        userland="none",
        life=Life(
            main=("/whoami",),
            ready_us=10 * _MS,
            listens=(80,),
            page="whoami",
            lines=(Line(10 * _MS, "Starting up on port 80", 2),),
            on_stop=2,
            stop_us=5 * _MS,
        ),
    ),
    Image(
        "nginxdemos/hello",
        ("latest", "plain-text", "0.4"),
        44 * _MB,
        9,
        "2024-06-14T10:00:00Z",
        command=("nginx", "-g", "daemon off;"),
        entrypoint=("/docker-entrypoint.sh",),
        ports=("80/tcp",),
        stop_signal="SIGQUIT",
        userland="busybox",
        programs=("nginx",),
        life=Life(main=("nginx",), ready_us=80 * _MS, listens=(80,), page="hello", on_stop=0),
    ),
    Image(
        "hello-world",
        ("latest", "linux"),
        10_100,
        1,
        "2025-01-22T23:32:31Z",
        command=("/hello",),
        userland="none",
        life=Life(
            main=("/hello",), ends=0, ready_us=1 * _MS, lines=tuple(Line(1 * _MS, text) for text in _HELLO.split("\n"))
        ),
    ),
    Image(
        "dockersamples/examplevotingapp_vote",
        ("latest", "before", "after"),
        140 * _MB,
        9,
        "2023-01-10T10:00:00Z",
        command=(
            "gunicorn",
            "app:app",
            "-b",
            "0.0.0.0:80",
            "--log-file",
            "-",
            "--access-logfile",
            "-",
            "--workers",
            "4",
        ),
        ports=("80/tcp",),
        directory="/usr/local/app",
        programs=("gunicorn", "python3"),
        life=Life(main=("gunicorn",), ready_us=500 * _MS, listens=(80,), page="hello", on_stop=0),
    ),
    Image(
        "dockersamples/examplevotingapp_result",
        ("latest", "before", "after"),
        240 * _MB,
        9,
        "2023-01-10T10:00:00Z",
        command=("node", "server.js"),
        entrypoint=("/usr/bin/tini", "--"),
        ports=("80/tcp",),
        directory="/usr/local/app",
        programs=("node",),
        life=Life(main=("node", "server.js"), ready_us=600 * _MS, listens=(80,), page="hello", on_stop=143),
    ),
    Image(
        "dockersamples/examplevotingapp_worker",
        ("latest",),
        190 * _MB,
        7,
        "2023-01-10T10:00:00Z",
        entrypoint=("dotnet", "Worker.dll"),
        directory="/app",
        programs=("dotnet",),
        life=Life(
            main=("dotnet", "Worker.dll"),
            ready_us=400 * _MS,
            on_stop=143,
            lines=(Line(400 * _MS, "Connected to db"), Line(450 * _MS, "Connecting to redis")),
        ),
    ),
)

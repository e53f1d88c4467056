"""What containers mount is one thing with two names: directories of the machine, volumes, temporary file systems."""

import pytest

from tests.backends.lab import Cluster


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return Cluster("manager1", images=("alpine:latest",))


SCENES = {
    "a directory is seen from both sides": [
        ("mkdir -p /home/ubuntu/x && echo hi > /home/ubuntu/x/a", "", 0),
        ("docker run --rm -v /home/ubuntu/x:/y alpine cat /y/a", "hi\n", 0),
        ("docker run --rm -v /home/ubuntu/x:/y alpine sh -c 'echo more >> /y/a; echo b > /y/b'", "", 0),
        ("cat /home/ubuntu/x/a /home/ubuntu/x/b", "hi\nmore\nb\n", 0),
    ],
    "while the container runs": [
        ("mkdir /srv/www && docker run -d -q --name web -v /srv/www:/w:ro alpine sleep 999 > /dev/null", "", 0),
        ("echo 1 > /srv/www/page; docker exec web cat /w/page", "1\n", 0),
        ("echo 2 > /srv/www/page; docker exec web cat /w/page", "2\n", 0),
        ("docker exec web touch /w/page", "touch: /w/page: Read-only file system\n", 1),
        ("docker rm -f web", "web\n", 0),
    ],
    "a single file": [
        ("echo conf > /root/app.conf; docker run --rm -v /root/app.conf:/etc/app.conf alpine cat /etc/app.conf",
         "conf\n", 0),
    ],
    "a directory that is missing is made": [
        ("docker run --rm -v /opt/new:/n alpine touch /n/f; ls /opt/new", "f\n", 0),
    ],
    "one that --mount names is not": [
        ("docker run --rm --mount type=bind,source=/opt/none,target=/n alpine true",
         "docker: Error response from daemon: invalid mount config for type \"bind\": bind source path does not exist: "
         "/opt/none\n\nRun 'docker run --help' for more information\n", 125),
    ],
    "a volume is shared by those who run": [
        ("for i in 1 2; do docker run -d --name v$i -v data:/d alpine sleep 999 > /dev/null; done", "", 0),
        ("docker exec v1 sh -c 'echo here > /d/f'; docker exec v2 cat /d/f", "here\n", 0),
        ("cat /var/lib/docker/volumes/data/_data/f", "here\n", 0),
        ("docker rm -f v1 v2; docker volume rm data; ls /var/lib/docker/volumes/data",
         "v1\nv2\ndata\nls: cannot access '/var/lib/docker/volumes/data': No such file or directory\n", 2),
    ],
    "an empty volume gets what the image has there": [
        ("docker run --rm -v html:/etc alpine true; ls /var/lib/docker/volumes/html/_data/passwd",
         "/var/lib/docker/volumes/html/_data/passwd\n", 0),
        ("docker run --rm -v html:/etc/other alpine ls /etc/other/passwd", "/etc/other/passwd\n", 0),
        ("docker run --rm -v bare:/sbin:nocopy alpine true; ls /var/lib/docker/volumes/bare/_data", "", 0),
    ],
    "another container's volumes": [
        ("docker run --name first -v shared:/s alpine sh -c 'echo x > /s/f'", "", 0),
        ("docker run --rm --volumes-from first:ro alpine sh -c 'cat /s/f; echo y > /s/f'",
         "x\nsh: can't create /s/f: Read-only file system\n", 1),
    ],
    "a root that is read-only": [
        ("docker run --rm --read-only alpine touch /f", "touch: /f: Read-only file system\n", 1),
        ("docker run --rm --read-only --tmpfs /t alpine sh -c 'touch /t/f; ls /t; echo gone > /dev/null'", "f\n", 0),
        ("docker run -d --name ro --read-only alpine sleep 999 > /dev/null; docker cp /etc/hostname ro:/tmp/",
         "Error response from daemon: container rootfs is marked read-only\n", 1),
    ],
    "what is temporary does not stay": [
        ("docker run -d --name tt --tmpfs /t alpine sleep 999 > /dev/null; docker exec tt touch /t/f", "", 0),
        ("docker restart -t 0 tt; docker exec tt ls /t", "tt\n", 0),
    ],
    "a mount stays where it is": [
        ("docker run --rm -v vol1:/m alpine sh -c 'rm -r /m'", "rm: can't remove '/m': Device or resource busy\n", 1),
        ("docker run --rm -v vol2:/m alpine sh -c 'echo 1 > /tmp/f; mv /tmp/f /m/f; ls /tmp /m'",
         "/m:\nf\n\n/tmp:\n", 0),
    ],
    "what is told later is there from the start": [
        ("docker create -q --name early alpine > /dev/null; docker cp early:/etc/hosts /tmp/r; cat /tmp/r", "", 0),
    ],
    "a directory does not go onto a file": [
        ("docker run --rm -v /tmp:/etc/passwd alpine true",
         "docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI "
         "runtime create failed: runc create failed: unable to start container process: error during container init: "
         "error mounting \"/tmp\" to rootfs at \"/etc/passwd\": mount src=/tmp, dst=/etc/passwd, "
         "dstFd=/proc/thread-self/fd/8, flags=MS_BIND|MS_REC: not a directory: unknown: Are you trying to mount a "
         "directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type\n\n"
         "Run 'docker run --help' for more information\n", 125),
    ],
}  # fmt: skip


@pytest.mark.parametrize("scene", SCENES)
def test_what_is_mounted_is_one_thing_with_two_names(cluster: Cluster, scene: str) -> None:
    for command, shown, code in SCENES[scene]:
        answer = cluster.run("manager1", command)
        assert (answer["stdout"] + answer["stderr"], answer["exit"]) == (shown, code), command

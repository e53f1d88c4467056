"""As whom processes of containers run: what an engine 28.1.1 answered with an image of BusyBox."""

import pytest

from tests.backends.lab import Cluster


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return Cluster("manager1", images=("alpine:latest", "nginx:latest"))


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("--user nobody alpine id", "uid=65534(nobody) gid=65534(nobody) groups=65534(nobody)\n"),
        ("--user 1000:2000 --group-add 3000 --group-add bin alpine id", "uid=1000 gid=2000 groups=1(bin),2000,3000\n"),
        ("--user 1000:2000 alpine sh -c 'whoami; echo $HOME'", "/\nwhoami: unknown uid 1000\n"),
        ("--user 1000 alpine sh -c 'id; id -u; id -un'",
         "uid=1000 gid=0(root) groups=0(root)\n1000\nid: unknown ID 1000\n"),
        ("--user bin alpine sh -c 'id -u; id -Gn; echo $HOME; groups; whoami'",
         "1\nbin daemon sys\n/bin\nbin daemon sys\nbin\n"),
        ("--user 1000 alpine sh -c 'touch /root/x'", "touch: /root/x: Permission denied\n"),
        ("--user 1000 alpine sh -c 'touch /x || touch /tmp/x && stat -c %U /tmp/x'",
         "1000\ntouch: /x: Permission denied\n"),
        ("alpine id",
         "uid=0(root) gid=0(root) groups=0(root),1(bin),2(daemon),3(sys),4(adm),6(disk),10(wheel),11(floppy),"
            "20(dialout),26(tape),27(video)\n"),
        ("--user www-data nginx id", "uid=33(www-data) gid=33(www-data) groups=33(www-data)\n"),
        ("--user nginx nginx id -un", "nginx\n"),
        ("alpine sh -c 'echo \"me:x:7:7::/srv:/bin/sh\" >> /etc/passwd; tail -n 1 /etc/passwd'",
         "me:x:7:7::/srv:/bin/sh\n"),
    ],
)  # fmt: skip
def test_a_process_runs_as_whom_it_was_asked_for(cluster: Cluster, command: str, shown: str) -> None:
    answer = cluster.run("manager1", f"docker run --rm {command}")
    assert answer["stdout"] + answer["stderr"] == shown


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("--user nosuch alpine true", "unable to find user nosuch: no matching entries in passwd file"),
        ("--group-add nosuch alpine true", "Unable to find group nosuch: no matching entries in group file"),
        ("--user 3000000000 alpine true", "uids and gids must be in range 0-2147483647"),
    ],
)
def test_nobody_runs_as_somebody_whom_the_image_does_not_know(cluster: Cluster, command: str, said: str) -> None:
    assert said in cluster.run("manager1", f"docker run --rm {command}")["stderr"]


def test_an_exec_has_a_user_and_a_home_of_its_own(cluster: Cluster) -> None:
    cluster.run("manager1", "docker run -d --name own --user 1000 alpine sleep 999")
    shown = cluster.run("manager1", "docker exec -u nobody own sh -c 'whoami; echo $HOME'; docker exec own id -u")
    assert shown["stdout"] == "nobody\n/\n1000\n"

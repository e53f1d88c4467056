"""The small tools. Expectations are what coreutils 9.4, grep 3.11, sed 4.9 and mawk print."""

import pytest

from playground.api.machine import HttpAnswer
from tests.shell.machines import FakeNetwork, machine, output_of, run

FILES = (
    "printf 'b 2\\na 10\\nc 3\\na 10\\n' > t; "
    "printf 'services:\\n  web:\\n    replicas: 3\\n    image: nginx:1\\n' > s.yml; "
)


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("sort t | uniq -c", "      2 a 10\n      1 b 2\n      1 c 3\n"),
        ("sort -k2 -n t", "b 2\nc 3\na 10\na 10\n"),
        ("cut -d' ' -f2 t", "2\n10\n3\n10\n"),
        ("head -2 t; tail -n +4 t", "b 2\na 10\na 10\n"),
        ("wc t; wc -l < t", " 4  8 18 t\n4\n"),
        ("tr a-z A-Z < t | head -1", "B 2\n"),
        ("grep -n '^a' t; grep -c a t; grep -v a t", "2:a 10\n4:a 10\n2\nb 2\nc 3\n"),
        ("grep -oE '[0-9]+' t | sort -u", "10\n2\n3\n"),
        ("grep zz none; echo $?", "2\ngrep: none: No such file or directory\n"),
        ("sed -i 's/replicas: 3/replicas: 5/' s.yml; sed -n '/web/,/rep/p' s.yml", "  web:\n    replicas: 5\n"),
        ("sed -E 's/([a-z]) ([0-9]+)/\\2-\\1/;2q' t", "2-b\n10-a\n"),
        ("sed '$d;1d' t; sed 's/a' t", "a 10\nc 3\nsed: -e expression #1, char 3: unterminated `s' command\n"),
        ("awk '{print $2}' t | paste -sd, -", "2,10,3,10\n"),
        ("awk '{s+=$2} END {print s, NR}' t", "25 4\n"),
        ("awk -F: '/image/ {gsub(/ /,\"\"); print $2 \"@\" $3}' s.yml", "nginx@1\n"),
        ("ls; mkdir d; mkdir d", "s.yml\nt\nmkdir: cannot create directory \u2018d\u2019: File exists\n"),
        ("rm none; rm -f none; cp none x; cat none",
         "rm: cannot remove 'none': No such file or directory\ncp: cannot stat 'none': No such file or directory\n"
         "cat: none: No such file or directory\n"),
        ("echo 1 2 | xargs -n1 echo n; echo a | xargs -I{} echo x{}y", "n 1\nn 2\nxay\n"),
        ("echo a b | xargs -n1 -I{} echo x{}", "xa b\nxargs: warning: options --max-args and --replace/-I/-i are "
         "mutually exclusive, ignoring previous --max-args value\n"),
        ("echo a b | xargs -I{} -n2 echo x{}", "x{} a b\nxargs: warning: options --replace and --max-args/-n are "
         "mutually exclusive, ignoring previous --replace value\n"),
        ("echo a b | xargs -I{} -n1 echo x{}; echo a b | xargs -L1 echo n", "xa b\nn a b\n"),
        ("find . -name '*.yml'; basename /a/b.c .c; dirname /a/b", "./s.yml\nb\n/a\n"),
        ("seq 2 2 6 | tr '\\n' ' '; timeout 1 sleep 5; echo $?", "2 4 6 124\n"),
        ("sudo whoami; whoami; id -u", "root\nubuntu\n1000\n"),
        ("echo x > /etc/x; sudo sh -c 'echo y > /etc/x'; cat /etc/x", "y\nbash: line 1: /etc/x: Permission denied\n"),
        ("hostname; hostname -I", "manager1\n10.222.216.2 172.17.0.1 \n"),
    ],
)  # fmt: skip
def test_what_tools_print(command: str, printed: str) -> None:
    assert output_of(FILES + command) == printed


def test_sleep_takes_its_time_and_date_tells_it() -> None:
    assert output_of("date +%s; sleep 2.5; date +%s") == "1750000000\n1750000002\n"


def test_curl_shows_a_page_and_says_why_it_cannot() -> None:
    surroundings = machine()
    network = surroundings.connections
    assert isinstance(network, FakeNetwork)
    network.pages["10.222.216.3", 5000] = HttpAnswer(200, {"Content-Type": "text/html"}, b"hello\n")
    network.silent.append("10.222.216.9")
    assert output_of("curl -s worker1:5000", surroundings) == "hello\n"
    assert output_of("curl -s -o /dev/null -w '%{http_code}\\n' http://worker1:5000/x", surroundings) == "200\n"
    assert output_of("curl -sI worker1:5000", surroundings) == "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    assert output_of("curl worker1:81", surroundings) == (
        "curl: (7) Failed to connect to worker1 port 81 after 2 ms: Couldn't connect to server\n"
    )
    assert run("curl -s worker1:81", surroundings).exit == 7
    assert output_of("curl nobody", surroundings) == "curl: (6) Could not resolve host: nobody\n"
    assert (
        output_of("curl -m 2 10.222.216.9", surroundings) == "curl: (28) Connection timed out after 2000 milliseconds\n"
    )
    assert output_of("wget -qO- http://worker1:5000", surroundings) == "hello\n"


def test_ping_counts_what_comes_back() -> None:
    printed = output_of("ping -c 2 worker1")
    assert "64 bytes from worker1 (10.222.216.3): icmp_seq=2 ttl=64 time=0.400 ms\n" in printed
    assert "2 packets transmitted, 2 received, 0% packet loss, time 1" in printed


def test_ip_shows_the_address() -> None:
    assert "    inet 10.222.216.2/24 brd 10.222.216.255 scope global ens3\n" in output_of("ip addr show ens3")


def test_ssh_runs_a_command_on_another_machine() -> None:
    here = machine()
    there = machine(here.loop, "worker1")
    here.neighbour = lambda name: there if name == "worker1" else None
    assert output_of("ssh worker1 hostname", here) == "worker1\n"
    assert output_of("ssh nobody hostname", here) == (
        "ssh: Could not resolve hostname nobody: Temporary failure in name resolution\n"
    )


def test_a_followed_file_shows_what_is_added() -> None:
    assert output_of("echo a > f; tail -f f & sleep 2; echo b >> f; sleep 2; kill %1") == "a\nb\n"

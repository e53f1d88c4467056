"""The shell language, seen from outside: what a command prints and how it ends. Expectations are what bash 5.2 does."""

import pytest

from tests.shell.machines import kernel_of, machine, output_of, run


def case(command: str, stdout: str, status: int = 0, stderr: str = "") -> object:
    return pytest.param(command, stdout, status, stderr, id=command[:60])


@pytest.mark.parametrize(
    ("command", "stdout", "status", "stderr"),
    [
        case("echo a  b   \"c  d\" 'e $x' $none; echo $?", "a b c  d e $x\n0\n"),
        case("x=5; y=$((x*2+1)); echo $y ${x}3 \"${z:-default}\" ${#y}", "11 53 default 2\n"),
        case("for i in 1 2 3; do echo -n \"$i \"; done; echo", "1 2 3 \n"),
        case("for ((i=0;i<3;i++)); do echo $i; done", "0\n1\n2\n"),
        case("i=0; while [ $i -lt 2 ]; do echo $i; i=$((i+1)); done", "0\n1\n"),
        case("if [ 1 -eq 2 ]; then echo no; elif [[ abc == a* ]]; then echo glob; fi", "glob\n"),
        case('f() { local x=3; echo "$1 $# $x"; return 7; }; x=1; f a b; echo $? $x', "a 2 3\n7 1\n"),
        case("case foo.txt in *.md) echo md;; *.txt|*.c) echo txt;; esac", "txt\n"),
        case("while read -r l; do echo \"[$l]\"; done <<EOF\none $((1+1))\n  two\nEOF", "[one 2]\n[two]\n"),
        case("echo {a,b}{1..3} {01..03} {c..a}", "a1 a2 a3 b1 b2 b3 01 02 03 c b a\n"),
        case('a=(1 "3 4"); echo ${a[1]} ${#a[@]}; for x in "${a[@]}"; do echo "<$x>"; done', "3 4 2\n<1>\n<3 4>\n"),
        case("x=hello.tar.gz; echo ${x%.gz} ${x%%.*} ${x#*.} ${x//l/L} ${x^^}",
             "hello.tar hello tar.gz heLLo.tar.gz HELLO.TAR.GZ\n"),
        case("false | true; echo ${PIPESTATUS[0]} $?; set -o pipefail; false | true; echo $?", "1 0\n1\n"),
        case("set -e; echo a; false; echo b", "a\n", 1),
        case("set -e; if false; then :; fi; false || true; echo on", "on\n"),
        case("foo; echo $?", "127\n", 0, "bash: line 1: foo: command not found\n"),
        case("echo $((1/0)); echo no", "", 1, 'bash: line 1: 1/0: division by 0 (error token is "0")\n'),
        case("fi", "", 2, "bash: -c: line 1: syntax error near unexpected token `fi'\nbash: -c: line 1: `fi'\n"),
        case("( x=2; exit 3 ); echo $? $x", "3\n"),
        case("{ echo a; echo b >&2; } 2>&1 | while read l; do echo \"<$l>\"; done", "<a>\n<b>\n"),
        case("echo one > f; echo two >> f; while read l; do echo $l; done < f", "one\ntwo\n"),
        case("echo x &> /dev/null; nothing 2>/dev/null; echo $?", "127\n"),
        case("printf '%5d|%-5s|%05.2f|%x\\n' 42 ab 3.14159 255", "   42|ab   |03.14|ff\n"),
        case("[[ abc12 =~ ([a-z]+)([0-9]+) ]] && echo ${BASH_REMATCH[2]}", "12\n"),
        case("set -- a b c; shift; echo $# \"$*\"; for x; do echo $x; done", "2 b c\nb\nc\n"),
        case("IFS=:; x=a:b::c; for i in $x; do echo \"[$i]\"; done", "[a]\n[b]\n[]\n[c]\n"),
        case("trap 'echo bye' EXIT; exit 3", "bye\n", 3),
        case("for i in 1 2 3; do for j in a b; do [ $i = 2 ] && continue 2; echo $i$j; done; done", "1a\n1b\n3a\n3b\n"),
        case("unset x; echo ${x:?must be set}; echo no", "", 127, "bash: line 1: x: must be set\n"),
        case("declare -A m; m[k]=v; m[z]=w; echo ${m[k]} ${#m[@]}", "v 2\n"),
        case("set -x; echo hi 'a b'", "hi a b\n", 0, "+ echo hi 'a b'\n"),
        case("x=$'multi\\nline'; echo \"$x\"; echo $x", "multi\nline\nmulti line\n"),
        case("exec 3>&1; echo to3 >&3", "to3\n"),
        case("true & wait; jobs; echo $?", "0\n"),
        case("x=1; x=2 eval 'echo $x'", "2\n"),
        case("touch b.txt a.txt .h; echo *.txt *.none", "a.txt b.txt *.none\n"),
        case("cd /nowhere", "", 1, "bash: line 1: cd: /nowhere: No such file or directory\n"),
        case("echo a > /nowhere/x", "", 1, "bash: line 1: /nowhere/x: No such file or directory\n"),
        case("printf 'echo by $1' > s.sh; chmod +x s.sh; ./s.sh me; bash s.sh you; . ./s.sh", "by me\nby you\nby\n"),
        case("diff <(echo a) <(echo a) && echo same", "same\n"),
    ],
)  # fmt: skip
def test_bash(command: str, stdout: str, status: int, stderr: str) -> None:
    result = run(command)
    assert (result.stdout.decode(), result.exit, result.stderr.decode()) == (stdout, status, stderr)


def test_dash_words_its_messages_differently() -> None:
    result = run("foo", flavour="dash")
    assert result.stderr == b"sh: 1: foo: not found\n"
    assert result.exit == 127


@pytest.mark.parametrize(
    ("command", "stdout", "status", "stderr"),
    [
        ("echo a > /none/x; echo $?", "2\n", 0, "cannot create /none/x: Directory nonexistent"),
        ("cat < /none; echo $?", "2\n", 0, "cannot open /none: No such file"),
        ("> /etc; echo $?", "2\n", 0, "cannot create /etc: Is a directory"),
        ("for i in 1; do echo $i; done > /none/x; echo $?", "2\n", 0, "cannot create /none/x: Directory nonexistent"),
        ("set -C; echo a > a; echo b > a; cat a", "a\n", 0, "cannot create a: File exists"),
        ("export A=1 > /none/x; echo never", "", 2, "cannot create /none/x: Directory nonexistent"),
        (". /none; echo never", "", 2, ".: cannot open /none: No such file"),
        ("cat <&9; echo $?", "2\n", 0, "9: Bad file descriptor"),
        ("/etc", "", 126, "/etc: Permission denied"),
        ("cd /etc/hostname; echo $?", "2\n", 0, "cd: can't cd to /etc/hostname"),
    ],
)
def test_what_dash_says_when_a_file_cannot_be_opened(command: str, stdout: str, status: int, stderr: str) -> None:
    result = run(f"cd /tmp; {command}", flavour="dash")
    assert (result.stdout.decode(), result.exit, result.stderr.decode()) == (stdout, status, f"sh: 1: {stderr}\n")


def test_an_endless_loop_lets_virtual_time_pass() -> None:
    surroundings = machine()
    kernel = kernel_of(surroundings)
    from playground.shell.run import run_command

    task = kernel.spawn(run_command(surroundings, "while true; do :; done"))
    kernel.run_until(2_000_000)
    assert not task.done
    assert kernel.events_done < 60_000
    task.cancel()
    kernel.run_until(2_100_000)
    assert task.done


@pytest.mark.parametrize(
    "command",
    [
        "f() { f; }; f",
        "f() { f | f; }; f",
        "x=xxxxxxxxxxxxxxxx; while true; do x=$x$x; done",
        "echo {1..1000000}",
        "echo $(yes)",
        "sh -c 'sh -c \"sh -c ls\"'; eval eval eval eval echo",
        'x="echo hi"; for i in 1 2 3 4 5 6 7 8; do x="eval $x"; done; eval $x',
        "awk 'BEGIN { while (1) x = x \"aaaaaaaaaaaaaaaa\" }'",
        "awk 'function f(n) { return f(n+1) } BEGIN { f(1) }'",
        "sed ':a;s/^/xxxxxxxxxxxxxxxx/;ba' <<< a",
        "yes > /tmp/full",
        "cat > loop <<'E'\n./loop\nE\nchmod +x loop; ./loop",
        "a=b[$RANDOM]; b=a; echo $((a))",
    ],
)
def test_what_would_never_end_is_ended(command: str) -> None:
    result = run(command, limit_s=600)
    assert len(result.stdout) <= 1024 * 1024 + 65536


def test_a_file_system_that_is_full_says_so() -> None:
    result = run("yes > /tmp/full")
    assert result.exit == 1
    assert b"No space left on device" in result.stderr


def test_a_fault_in_a_program_does_not_end_the_shell() -> None:
    assert output_of("docker crash; echo $?") == "70\ndocker: internal error: ValueError: crashed\n"


def test_the_same_seed_gives_the_same_bytes() -> None:
    command = "echo $RANDOM; date; mktemp; for i in 1 2; do sleep 0.1; done; uptime"
    assert run(command) == run(command)


def test_a_terminal_gives_both_streams_with_carriage_returns() -> None:
    result = run("echo out; echo err >&2", tty=True)
    assert result.stdout == b"out\r\nerr\r\n"
    assert result.stderr == b""


def test_a_pipeline_ends_its_writer_when_the_reader_goes() -> None:
    assert output_of("yes | head -2; echo ${PIPESTATUS[0]}") == "y\ny\n141\n"

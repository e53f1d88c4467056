"""Where templates, static files, lessons and the like lie: inside an installed package, or in the repository."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
REPOSITORY = PACKAGE.parent


FOLDERS = {
    "templates": "templates",
    "static": "static",
    "lessons_content": "lessons",
    "translations": "translations",
    "sandbox_content": "sandbox",
}
"""What each is called inside the package, and in the repository. `pyproject.toml` and `hatch_build.py` pack them."""


def _folder(packaged: str) -> Path:
    inside = PACKAGE / packaged
    return inside if inside.is_dir() else REPOSITORY / FOLDERS[packaged]


TEMPLATES = _folder("templates")
STATIC = _folder("static")
LESSONS = _folder("lessons_content")
TRANSLATIONS = _folder("translations")
SANDBOX = _folder("sandbox_content")

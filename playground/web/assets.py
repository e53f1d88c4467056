"""Where templates, static files, lessons and the like lie: inside an installed package, or in the repository."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
REPOSITORY = PACKAGE.parent


def _folder(packaged: str, in_repository: str) -> Path:
    inside = PACKAGE / packaged
    return inside if inside.is_dir() else REPOSITORY / in_repository


TEMPLATES = _folder("templates", "templates")
STATIC = _folder("static", "static")
LESSONS = _folder("lessons_content", "lessons")
TRANSLATIONS = _folder("translations", "translations")
SANDBOX = _folder("sandbox_content", "sandbox")

"""The browser's files of the npm packages, served by name: exactly those that a page loads and not one more of `node_modules`.

`STATICFILES_FINDERS` names the finder. A file keeps the address of the folder it is in here, as its style sheet refers to it.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.core.management.base import CommandError

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"

FILES = {
    "vendor/tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/icons/tabler-icons.min.css": "@tabler/icons-webfont/dist/tabler-icons.min.css",
    "vendor/icons/fonts/tabler-icons.woff2": "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2",
    "vendor/icons/fonts/tabler-icons.woff": "@tabler/icons-webfont/dist/fonts/tabler-icons.woff",
    "vendor/icons/fonts/tabler-icons.ttf": "@tabler/icons-webfont/dist/fonts/tabler-icons.ttf",
    "vendor/chart/chart.umd.js": "chart.js/dist/chart.umd.min.js",
    "vendor/inter/inter-latin-wght-normal.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
}
# Source maps are several times as large as what they map, and collectstatic would refuse a reference to one that is not there.
SOURCE_MAP = re.compile(rb"\s*(?://# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+\s*\*/)\s*\Z")


class PackagesMissing(CommandError):
    """`node_modules` lacks a file that the pages load."""


class PackagedFiles(FileSystemStorage):
    """The listed files under our names, without their references to source maps."""

    def path(self, name: str) -> str:
        path = Path(self.location) / FILES[name]
        if not path.is_file():
            raise PackagesMissing(f"{path} is missing: run `make setup`.")
        return str(path)

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        content = Path(self.path(name)).read_bytes()
        return ContentFile(SOURCE_MAP.sub(b"\n", content) if name.endswith((".css", ".js")) else content, name)


class PackagedFilesFinder(BaseFinder):
    """Finds the listed files for collectstatic, the tests' server and `{% static %}`."""

    def __init__(self, app_names: Iterable[str] | None = None, node_modules: Path = NODE_MODULES) -> None:
        self.storage = PackagedFiles(node_modules)

    def find(self, path: str, find_all: bool = False) -> Any:
        """The file of that name, in a list for find_all; nothing for a name that is not listed."""
        found = [self.storage.path(path)] if path in FILES else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, PackagedFiles]]:
        patterns = list(ignore_patterns or [])
        for name in FILES:
            if not matches_patterns(name, patterns):
                yield name, self.storage

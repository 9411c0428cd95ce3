"""The rules of the house, checked by machines: imports, sizes, style, types, migrations, the example of the environment."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
LONGEST_MODULE = 400
APPS = ("refidetect", "accounts", "rates", "loans", "outreach", "reports")
# What an environment variable is read with.
READERS = {"text", "flag", "integer", "words", "_kept", "_address"}


def modules():
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def run(program, *words):
    done = subprocess.run([BIN / program, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_imports_point_down(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


def test_a_module_fits_on_a_few_screens():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_a_module_says_in_its_first_lines_what_it_is_for():
    silent = [path for path in modules() if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_ruff_has_nothing_to_say():
    run("ruff", "check", "--quiet", ".")


def test_the_code_is_formatted():
    run("ruff", "format", "--check", "--quiet", ".")


def test_types_hold():
    run("mypy")


def test_templates_are_formatted():
    templates = sorted(str(path) for folder in ("templates", *APPS) for path in (ROOT / folder).rglob("*.html"))
    if templates:
        run("djade", "--target-version", "6.0", "--check", *templates)


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=3)


def test_the_example_names_every_variable_and_no_other():
    read = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                name = node.args[0].value
                if function in READERS and isinstance(name, str) and re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
                    read.add(name)
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE)) == read


def test_no_address_of_a_registry_is_committed():
    locks = [*ROOT.glob("requirements*.lock"), ROOT / "package-lock.json", ROOT / ".npmrc", ROOT / "pyproject.toml"]
    assert [
        path.name for path in locks if re.search(r"https?://(?!.*(sponsors|opencollective|funding|kofi))", path.read_text())
    ] == []

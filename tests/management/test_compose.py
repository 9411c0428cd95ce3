"""The compose file and the image, read as files: what runs as whom, what listens, where secrets come from."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from refidetect.celery import app
from refidetect.management.commands.up import _programs
from tests.desks import ROOT, environment_for

OURS = ("migrate", "web", "work", "send", "beat")
SECRET = re.compile(r"PASSWORD|TOKEN$|SECRET|_KEY$|FIELD_KEYS|DATABASE_URL")
PUBLIC = {"SENDGRID_WEBHOOK_PUBLIC_KEY"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def test_every_container_runs_without_root_rights_and_writes_to_no_image(services):
    assert set(services) == {"postgres", "valkey", *OURS}
    for name, service in services.items():
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
        assert "memory" in service["deploy"]["resources"]["limits"], name
        assert not service.get("privileged")


def test_only_the_web_listens_and_only_to_this_machine(services, compose):
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"web": ["${DESK_BIND:-127.0.0.1}:${DESK_PORT:-8000}:8000"]}
    assert compose["networks"]["inside"] == {"internal": True}
    assert services["postgres"]["networks"] == services["valkey"]["networks"] == ["inside"]


def test_no_secret_is_a_variable(services, compose):
    for name, service in services.items():
        for variable, value in (service.get("environment") or {}).items():
            if variable.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"], (name, variable)
            else:
                assert variable in PUBLIC or not SECRET.search(variable), (name, variable)
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.search(r"postgres(ql)?://\S*:\S*@", text)


def test_only_the_migrations_know_the_owner(services):
    knowing = {name for name, service in services.items() if any("owner" in one for one in service.get("secrets", ()))}
    assert knowing == {"migrate", "postgres"}


def test_the_script_makes_every_secret_once(compose, tmp_path):
    (tmp_path / "docker").mkdir()
    script = tmp_path / "docker/make-secrets"
    script.write_text((ROOT / "docker/make-secrets").read_text())
    subprocess.run(["sh", script], check=True, capture_output=True)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {f"./secrets/{name}" for name in made} == {secret["file"] for secret in compose["secrets"].values()}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert made["desk_password"].strip() in made["database_url"]
    assert made["owner_password"] != made["desk_password"] != made["postgres_password"]
    assert len(made["secret_key"]) > 64
    subprocess.run(["sh", script], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made


def test_everything_waits_for_what_it_needs_and_says_how_it_is(services):
    for name in ("web", "work", "send", "beat"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert services[name]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert all("healthcheck" in service for name, service in services.items() if name != "migrate")


def test_the_same_queues_are_worked_on_as_under_up(services):
    """A queue that nobody reads would be noticed by a borrower."""

    def queues(commands) -> set[str]:
        return {words[words.index("-Q") + 1] for words in commands if "-Q" in words}

    under_up = [program.command for program in _programs(3, Path("/nowhere"))]
    routed = {route["queue"] for route in app.conf.task_routes.values()} | {app.conf.task_default_queue}
    assert queues(service.get("command", []) for service in services.values()) == queues(under_up) == routed
    assert services["beat"]["deploy"]["replicas"] == 1


def test_what_is_mounted_and_copied_is_there(services):
    for service in services.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert not source.startswith(".") or (ROOT / source).is_file(), source
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            assert (ROOT / line[1:]).exists(), line


def test_the_image_ends_as_an_ordinary_user_and_takes_in_no_secret():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM")) :]
    assert not any("/tmp" in line for line in last)
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    for private in (".env", "secrets", ".data", ".git"):
        assert f"!{private}" not in (ROOT / ".dockerignore").read_text()


def test_static_files_can_be_served_by_another_user_than_the_one_who_collected_them(tmp_path):
    environment = environment_for(tmp_path) | {"STATIC_ROOT": str(tmp_path / "static"), "PYTHON_DOTENV_DISABLED": "1"}
    command = [sys.executable, ROOT / "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)
    made = list((tmp_path / "static").rglob("*"))
    assert (tmp_path / "static/staticfiles.json") in made
    for path in made:
        assert path.stat().st_mode & 0o004, path

"""The static files as the web server gets them."""

import json
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage

from refidetect.kit import packages
from refidetect.management import assets

needs_packages = pytest.mark.skipif(
    not packages.NODE_MODULES.exists(), reason="The npm packages are not installed: make setup."
)


@pytest.fixture
def source(settings, tmp_path):
    """A small set of files of our own, collected by the storage of the real settings."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "desk.css").write_text("body { color: black }")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    manifest = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": manifest}
    assets.get_finders.__globals__["get_finder"].cache_clear()
    yield folder
    assets.get_finders.__globals__["get_finder"].cache_clear()


def names(settings):
    return json.loads((Path(settings.STATIC_ROOT) / "staticfiles.json").read_text())["paths"]


def test_what_has_not_changed_is_not_collected_again(source, settings):
    assert assets.collect() is True
    assert assets.collect() is False
    assert "desk.css" in names(settings)


def test_a_change_is_collected_and_nothing_old_stays(source, settings):
    assets.collect()
    before = names(settings)["desk.css"]
    (source / "desk.css").write_text("body { color: navy }")
    (source / "new.js").write_text("")
    assert assets.collect() is True
    assert names(settings)["desk.css"] != before
    assert "new.js" in names(settings)
    assert not (Path(settings.STATIC_ROOT) / before).exists()


@needs_packages
def test_the_packages_go_through_the_manifest_with_every_reference(source, settings):
    settings.STATICFILES_FINDERS = ["refidetect.kit.packages.PackagedFilesFinder"]
    assets.collect()
    assert set(names(settings)) == set(packages.FILES)
    font = names(settings)["vendor/icons/fonts/tabler-icons.woff2"].rpartition("/")[2]
    style = Path(settings.STATIC_ROOT) / names(settings)["vendor/icons/tabler-icons.min.css"]
    assert font in style.read_text()
    assert staticfiles_storage.url("vendor/chart/chart.umd.js").startswith("/static/vendor/chart/chart.umd.")

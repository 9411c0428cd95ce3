"""The finder of the npm packages' files."""

import pytest

from refidetect.kit import packages


@pytest.fixture
def finder(tmp_path):
    for source in packages.FILES.values():
        path = tmp_path / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content\n//# sourceMappingURL=some.js.map")
    (tmp_path / "@tabler/core/dist/css/other.css").write_text("")
    return packages.PackagedFilesFinder(node_modules=tmp_path)


def test_it_lists_exactly_the_named_files(finder):
    assert [name for name, _ in finder.list([])] == list(packages.FILES)
    assert "vendor/chart/chart.umd.js" not in [name for name, _ in finder.list(["*.js"])]


def test_it_finds_a_named_file_and_no_other(finder, tmp_path):
    assert finder.find("vendor/chart/chart.umd.js") == str(tmp_path / "chart.js/dist/chart.umd.min.js")
    assert finder.find("vendor/chart/chart.umd.js", find_all=True) == [str(tmp_path / "chart.js/dist/chart.umd.min.js")]
    for name in ("vendor/tabler/other.css", "vendor/../secret", "css/desk.css"):
        assert finder.find(name) == []
        assert finder.find(name, find_all=True) == []


def test_references_to_source_maps_are_left_out_of_code_and_fonts_are_left_alone(finder):
    _, storage = next(iter(finder.list([])))
    assert storage.open("vendor/chart/chart.umd.js").read() == b"content\n"
    assert storage.open("vendor/inter/inter-latin-wght-normal.woff2").read().endswith(b".map")


@pytest.mark.parametrize("end", [b"\n/*# sourceMappingURL=a.css.map */", b"\n/*# sourceMappingURL=a.css.map*/\n"])
def test_a_style_sheets_reference_too(finder, tmp_path, end):
    (tmp_path / packages.FILES["vendor/tabler/tabler.min.css"]).write_bytes(b"a{}" + end)
    assert finder.storage.open("vendor/tabler/tabler.min.css").read() == b"a{}\n"


def test_a_missing_package_is_named_with_what_to_do(tmp_path):
    finder = packages.PackagedFilesFinder(node_modules=tmp_path)
    with pytest.raises(packages.PackagesMissing, match=r"tabler\.min\.css is missing: run `make setup`\.$"):
        finder.find("vendor/tabler/tabler.min.css")

import pytest

SWAP = {"HX-Request": "true"}
PAGES = ["/people/", "/rates/history/", "/queue/", "/portfolio/", "/imports/", "/runs/"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({}, True),
        (SWAP, False),
        (SWAP | {"HX-History-Restore-Request": "true"}, True),
        (SWAP | {"HX-Boosted": "true"}, True),
    ],
)
def test_only_a_swap_gets_a_part(as_user, ada, path, headers, whole):
    answer = as_user(ada).get(path, headers=headers)
    assert ("<!doctype html>" in answer.content.decode()) is whole
    assert "HX-History-Restore-Request" in answer["Vary"]

from rates.models import SourcePreference
from rates.queries import preferences as reading
from rates.services import preferences

DEFAULT = ["file", "api", "fred", "pmms", "fredgraph"]


def test_the_default_order_holds_where_nothing_is_stored(db):
    SourcePreference.objects.all().delete()
    assert reading.enabled() == DEFAULT


def test_a_source_moves_one_place_up_and_down(db):
    preferences.move("pmms", up=True)
    assert reading.enabled() == ["file", "api", "pmms", "fred", "fredgraph"]
    preferences.move("pmms", up=False)
    assert reading.enabled() == DEFAULT


def test_at_the_ends_nothing_moves(db):
    preferences.move("file", up=True)
    preferences.move("fredgraph", up=False)
    assert reading.enabled() == DEFAULT


def test_a_source_turned_off_keeps_its_place(db):
    preferences.enable("api", on=False)
    assert reading.enabled() == ["file", "fred", "pmms", "fredgraph"]
    preferences.enable("api", on=True)
    assert reading.enabled() == DEFAULT


def test_a_stand_in_can_be_turned_off(db):
    assert reading.may_borrow()["fha_15"] == "conventional_15"
    preferences.allow_stand_in("fha_15", on=False)
    assert "fha_15" not in reading.may_borrow()
    assert "conventional_30" not in reading.stand_ins()

import pytest

from rates.domain.published import Refused, percent


@pytest.mark.parametrize(("text", "rate"), [("6.125", "6.125"), (" 6.125 % ", "6.125"), ("6.1255", "6.126"), ("6", "6.000")])
def test_a_percentage_has_three_places(text, rate):
    assert str(percent(text)) == rate


@pytest.mark.parametrize("text", ["", "six", "NaN", "Infinity", "6,125", "1e9", "62300"])
def test_what_is_no_percentage_is_refused(text):
    with pytest.raises(ValueError, match="is not a"):
        percent(text)


def test_a_refused_cell_says_where_and_why():
    assert str(Refused(3, "rate", "six", "is not a number")) == "line 3, rate: 'six': is not a number"

"""The score: four parts that a person can redo, from inputs that say nothing of who the borrower is."""

import inspect
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain import eligibility, fair_lending, figures, score
from loans.models import Borrower, Engagement, Loan
from loans.queries import same_borrower
from outreach.queries import candidates

NOTHING = {"total_interest_savings": None, "loan_to_value": None, "months_since_origination": None, "engagement": 0}
MARISOL = {
    "total_interest_savings": Decimal("62500.00"), "loan_to_value": 70.0, "months_since_origination": 24, "engagement": 4,
}  # fmt: skip
DRAWN = st.fixed_dictionaries(
    {
        "total_interest_savings": st.none() | st.decimals(-99_999, 999_999, places=2),
        "loan_to_value": st.none() | st.floats(0, 250).map(lambda value: round(value, 2)),
        "months_since_origination": st.none() | st.integers(-12, 480),
        "engagement": st.integers(0, 6),
    }
)


@st.composite
def drawn_weights(draw):
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    return score.Weights(*parts, cutoff=draw(st.integers(1, 100)))


def test_an_officer_can_redo_the_score_from_its_parts():
    """R29. By hand: 62.5% of 50, 30% of 15, 24 of 30 months of 10, three quarters of 25."""
    said = score.explain(MARISOL, score.Weights())
    points = ["31.3", "4.5", "8.0", "18.8"]
    assert [str(one.points) for one in said.parts] == points
    assert (said.score, said.label) == (sum(map(Decimal, points)), "Proactive outreach")
    assert [one.sentence for one in said.parts] == [
        "$62,500 of interest over the same term", "LTV 70.0%, equity 30.0%", "24 months since closing", "Replied",
    ]  # fmt: skip


def test_what_is_not_known_earns_nothing_and_says_so():
    said = score.explain(NOTHING, score.Weights())
    assert (said.score, said.approach) == (0, score.Approach.NURTURE)
    assert [one.points for one in said.parts] == [0, 0, 0, 0]
    assert said.parts[0].sentence == "The interest it would save is not known: no points."
    assert said.parts[1].sentence == "The file has neither a value nor an LTV: no points."


@pytest.mark.parametrize(
    ("share", "value", "expected"),
    [
        (score.savings, Decimal("0.00"), 0.0), (score.savings, Decimal("-5.00"), 0.0), (score.savings, Decimal(50_000), 0.5),
        (score.savings, Decimal(100_000), 1.0), (score.savings, Decimal(900_000), 1.0),
        (score.equity, 100.0, 0.0), (score.equity, 130.0, 0.0), (score.equity, 80.0, 0.2), (score.equity, 0.0, 1.0),
        (score.age, 0, 0.0), (score.age, -1, 0.0), (score.age, 15, 0.5), (score.age, 30, 1.0), (score.age, 31, 1.0),
    ],
)  # fmt: skip
def test_each_scale_begins_and_ends_where_its_sentence_says(share, value, expected):
    assert share(value) == pytest.approx(expected)


def test_what_we_did_ourselves_earns_no_points_and_each_step_of_the_borrower_no_less():
    shares = [score.engagement(stage.value) for stage in Engagement]
    assert shares[:2] == [0.0, 0.0]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert set(score.ENGAGED_WORDS) == {stage.value for stage in Engagement}


@given(DRAWN, drawn_weights())
def test_a_score_lies_between_0_and_100_and_its_parts_add_up(values, weights):
    said = score.explain(values, weights)
    assert 0 <= said.score <= 100
    assert said.score == sum(one.points for one in said.parts)
    assert said.score == Decimal(f"{score.total(values, weights):.1f}")
    assert all(0 <= one.points <= one.weight for one in said.parts)
    assert (said.approach == score.Approach.PROACTIVE) == (said.score >= weights.cutoff)
    assert score.approach(said.score, weights) == said.approach


def test_before_the_first_match_nothing_is_recommended():
    assert score.approach(None, score.Weights()) is None


# R104: what may decide whom we approach


def test_the_score_reads_what_it_may_and_nothing_that_is_protected_or_stands_in_for_it():
    assert {part.input for part in score.PARTS} == score.INPUTS
    assert fair_lending.barred_among(score.INPUTS) == {}


@pytest.mark.parametrize(
    "name",
    [
        "language", "property_zip", "mailing_zip", "property_street", "property_city", "county_fips", "census_tract",
        "last_name", "first_name", "birth_date", "date_of_birth", "borrower_age", "sex", "gender", "marital_status", "race",
        "skin_color", "race_ethnicity", "national_origin", "citizenship", "religion", "familial_status", "number_of_children",
        "dependents", "disability", "public_assistance", "neighborhood_index", "preferred_language", "email", "phone",
    ],
)  # fmt: skip
def test_an_input_that_is_protected_or_a_stand_in_would_turn_this_red(name):
    assert name in fair_lending.barred_among({*score.INPUTS, name})
    with pytest.raises(ValueError, match=name):
        score.Part(name, "", "", eval(f"lambda {name}: 0.0"), str)


def test_no_part_can_be_built_that_reads_another_column_or_a_second_one():
    with pytest.raises(ValueError, match="credit_score"):
        score.Part("credit", "", "", lambda credit_score: 0.0, str)
    with pytest.raises(ValueError, match="loan_to_value"):
        score.Part("two", "", "", lambda loan_to_value, language: 0.0, str)  # type: ignore[arg-type, misc]


def test_no_rule_reads_what_is_barred_directly():
    for rule in eligibility.RULES:
        assert fair_lending.barred_among(eligibility.inputs(rule)) == {}, rule.name


def stated() -> set[str]:
    return {column for one in fair_lending.STATED for column in one.columns}


def test_what_is_barred_and_read_all_the_same_is_stated_and_no_more():
    assert fair_lending.barred_among(stated()).keys() == stated()
    assert stated() == {
        "county_fips", "email_lookup", "phone_lookup", "last_name", "property_street_lookup", "property_zip",
        "mailing_street_lookup", "mailing_zip",
    }  # fmt: skip


def barred_columns_in(sql: str) -> set[str]:
    """Of the columns of loans and borrowers that a statement reads, under their usual letters."""
    return set(fair_lending.barred_among(re.findall(r"\b[bl]\.(\w+)", sql)))


def test_finding_the_same_borrower_and_household_reads_what_is_stated_and_nothing_else_that_is_barred():
    same_person = {"email_lookup", "phone_lookup", "last_name"}
    assert barred_columns_in(same_borrower.SQL) == same_person
    assert barred_columns_in(inspect.getsource(candidates)) == stated() - {"county_fips"}


def test_through_all_figures_the_rules_rest_on_the_county_alone_and_that_for_its_published_limit():
    facts = {fact for reads in fair_lending.targeting() for fact in reads.facts}
    assert fair_lending.barred_among(facts).keys() == {"county_fips"}
    assert [
        formula.__name__ for stage in figures.STAGES for formula in stage if "county_fips" in figures.parameters(formula)
    ] == ["conforming_limit"]
    assert "language" not in figures.FACTS


def test_what_the_savings_and_the_ltv_of_the_score_rest_on_is_no_more_than_the_rules_rest_on():
    made = score.INPUTS - {"engagement"}
    assert fair_lending.barred_among(fair_lending.facts_behind(made)).keys() <= {"county_fips"}


def test_every_column_of_a_borrower_and_of_where_the_home_is_is_known_as_barred():
    telling = re.compile(r"name$|language|street|city|zip|county|email|phone")
    columns = [field.name for model in (Loan, Borrower) for field in model._meta.fields]
    known = [name for name in columns if telling.search(name)]
    assert len(known) >= 10
    assert [name for name in known if not fair_lending.barred(name)] == []


def test_the_page_of_compliance_names_every_attribute_that_the_two_laws_protect():
    named = " ".join(one.attribute.lower() for one in fair_lending.BARRED)
    protected = (
        "race",
        "color",
        "national origin",
        "religion",
        "sex",
        "marital",
        "familial",
        "age",
        "disability",
        "assistance",
    )
    assert [word for word in protected if word not in named] == []

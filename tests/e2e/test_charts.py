"""`static/js/charts.js`, on a page that loads it with figures of a test."""

import json

import pytest

FIGURES = {
    "labels": ["2025-01-02", "2025-07-03", "2026-01-01"],
    "x": "time",
    "unit": "percent",
    "series": [
        {"name": "30-year", "values": [6.91, 6.67, 6.15], "tone": "accent"},
        {"name": "15-year", "values": [6.13, None, 5.44]},
    ],
}
PUT = """figures => {
    document.querySelector("main").innerHTML = `<h1>Market</h1><div class="chart"><canvas data-chart="figures"></canvas></div>
        <script type="application/json" id="figures"></script>`;
    document.getElementById("figures").textContent = figures;
}"""
COLORS = "Chart.getChart(document.querySelector('canvas')).data.datasets.map(line => line.borderColor)"


@pytest.fixture
def chart(desk, ada):
    desk.sign_in(ada)
    page = desk.open("/profile/")
    # What the shell still loads must find its place before the page is written over.
    page.wait_for_selector("#sending-word .dot")
    page.evaluate(PUT, json.dumps(FIGURES))
    page.add_script_tag(url="/static/vendor/chart/chart.umd.js")
    page.add_script_tag(url="/static/js/charts.js")
    page.wait_for_selector("canvas[data-drawn]")
    return page


def test_a_chart_is_drawn_named_and_read_out(desk, chart):
    label = chart.locator("canvas").get_attribute("aria-label")
    assert label.startswith("30-year: from 6.91% to 6.15%, lowest 6.15%, highest 6.91%")
    assert chart.locator(".legend li").all_inner_texts() == ["30-year", "15-year"]
    assert "Jan 2026" in chart.evaluate(
        "Chart.getChart(document.querySelector('canvas')).scales.x.ticks.map(tick => tick.label)"
    )
    desk.check_here()


def test_a_chart_takes_the_colors_of_a_new_theme(chart):
    light = chart.evaluate(COLORS)
    chart.emulate_media(color_scheme="dark")
    # The page's policy forbids what `wait_for_function` does, which is to evaluate in the page again and again.
    for _ in range(50):
        if chart.evaluate(COLORS) != light:
            break
        chart.wait_for_timeout(100)
    assert chart.evaluate(COLORS) != light
    assert chart.locator(".legend").count() == 1

"""People, branches, the lender and one's profile, in a browser."""

from playwright.sync_api import expect


def test_the_pages_hold_for_everybody(desk, ada, olivia, ben, carl):
    desk.sign_in(ada)
    desk.check(
        "/people/",
        "/people/?access=left",
        f"/people/{olivia.pk}/",
        f"/people/{olivia.pk}/edit/",
        f"/people/{olivia.pk}/deactivate/",
        "/people/invite/",
        "/branches/",
        "/branches/new/",
        "/lender/",
        "/profile/",
        "/accounts/password/change/",
    )


def test_a_page_that_is_not_there_holds_too(desk, olivia):
    desk.expected = ("status of 404", "status of 403")
    desk.check("/nothing/here/")
    desk.sign_in(olivia)
    desk.check("/nothing/here/", "/people/")


def test_filters_narrow_the_list_without_loading_the_page(desk, ada, olivia, oscar, carl):
    desk.sign_in(ada)
    page = desk.open("/people/")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Branch").select_option("Tampa")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_label("Name, e-mail or NMLS ID").type("carl")
    page.wait_for_url("**q=carl**")
    expect(page.get_by_label("Name, e-mail or NMLS ID")).to_be_focused()
    assert page.evaluate("window.sameDocument")
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("tbody tr")).to_have_count(4)


def test_ending_access_asks_first_and_signs_out_at_once(desk, browser, ada, olivia, as_user):
    theirs = as_user(olivia)
    desk.sign_in(ada)
    page = desk.open(f"/people/{olivia.pk}/")
    page.get_by_role("link", name="End access").click()
    page.get_by_role("button", name="End access").click()
    expect(page.get_by_role("status")).to_contain_text("can no longer sign in")
    assert theirs.get("/profile/").status_code == 302
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator(".facts")).to_contain_text("Not invited")
    assert theirs.get("/profile/").status_code == 302

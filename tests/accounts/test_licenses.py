"""Licenses of officers and the lender's postal address: what the gate and every message rely on."""

import pytest

from accounts.models import Lender, License

COLORADO = {"state": "CO", "number": "100-22", "expires_on": "2027-12-31"}
LENDER = {"name": "Harbor Pine", "nmls_id": "9900400", "time_zone": "America/Denver"}
ADDRESS = {"street": "1200 Example Street", "city": "Denver", "state": "CO", "zip_code": "80203", "phone": "(303) 555-0140"}


def test_a_state_is_added_renewed_and_removed(as_user, ada, olivia):
    client, url = as_user(ada), f"/people/{olivia.pk}/licenses/"
    assert "does not check them" in client.get(url).content.decode()
    client.post(url, COLORADO)
    client.post(url, COLORADO | {"expires_on": "2029-12-31"})
    row = License.objects.get()
    assert (row.officer, row.state, row.number, row.expires_on.year) == (olivia, "CO", "100-22", 2029)
    assert "CO to 2029-12-31" in client.get(f"/people/{olivia.pk}/").content.decode()
    client.post(f"{url}remove/", {"license": row.pk})
    assert not License.objects.exists()


@pytest.mark.parametrize("wrong", [{"state": "XX"}, {"expires_on": ""}, {"expires_on": "never"}])
def test_a_license_needs_a_state_and_a_day(as_user, ada, olivia, wrong):
    as_user(ada).post(f"/people/{olivia.pk}/licenses/", COLORADO | wrong)
    assert not License.objects.exists()


@pytest.mark.parametrize("who", ["olivia", "ben", "cora", "pia"])
def test_others_change_no_license(as_user, request, olivia, who):
    row = License.objects.create(officer=olivia, state="CO", expires_on="2027-12-31")
    client = as_user(request.getfixturevalue(who))
    assert client.post(f"/people/{olivia.pk}/licenses/", COLORADO | {"state": "TX"}).status_code == 403
    assert client.post(f"/people/{olivia.pk}/licenses/remove/", {"license": row.pk}).status_code == 403
    assert License.objects.get() == row


def test_a_license_of_somebody_else_is_not_removed(as_user, ada, olivia, oscar):
    row = License.objects.create(officer=oscar, state="CO", expires_on="2027-12-31")
    as_user(ada).post(f"/people/{olivia.pk}/licenses/remove/", {"license": row.pk})
    assert License.objects.get() == row


@pytest.mark.parametrize("named", ["²", "9" * 5000, "-1", "", "x"])
def test_what_names_no_license_removes_none(as_user, ada, olivia, named):
    row = License.objects.create(officer=olivia, state="CO", expires_on="2027-12-31")
    assert as_user(ada).post(f"/people/{olivia.pk}/licenses/remove/", {"license": named}).status_code == 302
    assert License.objects.get() == row


def test_the_postal_address_is_kept_as_one_line(as_user, ada):
    as_user(ada).post("/lender/", LENDER | ADDRESS)
    assert Lender.current().postal_address == "1200 Example Street, Denver, CO 80203"
    as_user(ada).post("/lender/", LENDER)
    assert Lender.current().postal_address == ""


@pytest.mark.parametrize("missing", ["city", "state", "zip_code"])
def test_half_an_address_is_refused(as_user, ada, missing):
    as_user(ada).post("/lender/", LENDER | ADDRESS | {missing: ""})
    assert Lender.current().postal_address == ""

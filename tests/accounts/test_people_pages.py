"""People: who may see and change whom. A denial changes nothing."""

import pytest
from django.urls import reverse

from accounts.models import Access, Role, User
from tests.factories import UserFactory

ACTS = ("person_link", "person_deactivate", "person_reactivate", "person_forget_second_factor")


def facts(user: User) -> dict:
    return User.objects.filter(pk=user.pk).values().get()


@pytest.fixture
def invitation():
    return {"email": "Nora.Quinn@example.com", "name": "Nora Quinn", "role": "administrator", "nmls_id": "77", "branch": ""}


def test_the_list_shows_administrators_everybody(as_user, ada, olivia, carl):
    page = as_user(ada).get("/people/").content.decode()
    assert olivia.email in page
    assert carl.email in page
    assert "Invite somebody" in page


def test_columns_sort_without_loading_the_page(as_user, ada):
    page = as_user(ada).get("/people/").content.decode()
    assert 'href="?sort=email" hx-get="?sort=email" hx-target="#people"' in page


def test_compliance_reads_everybody_and_changes_nobody(as_user, cora, olivia, invitation):
    client = as_user(cora)
    assert olivia.email in client.get("/people/").content.decode()
    assert "Edit" not in client.get(f"/people/{olivia.pk}/").content.decode()
    assert client.post("/people/invite/", invitation).status_code == 403
    assert not User.objects.filter(name="Nora Quinn").exists()


def test_a_manager_reads_the_own_branch_only(as_user, ben, olivia, carl):
    client = as_user(ben)
    page = client.get("/people/").content.decode()
    assert olivia.email in page
    assert carl.email not in page
    assert "Invite somebody" not in page
    assert client.get(f"/people/{olivia.pk}/").status_code == 200
    assert client.get(f"/people/{carl.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["olivia", "pia"])
def test_officers_and_processors_have_no_people_pages(as_user, request, who, oscar):
    client = as_user(request.getfixturevalue(who))
    assert client.get("/people/").status_code == 403
    assert client.get(f"/people/{oscar.pk}/").status_code == 403


@pytest.mark.parametrize("who", ["olivia", "ben", "mona", "cora", "pia"])
@pytest.mark.parametrize("act", ACTS)
def test_only_administrators_act_on_people(as_user, request, who, act, oscar):
    client, before = as_user(request.getfixturevalue(who)), facts(oscar)
    assert client.post(reverse(f"accounts:{act}", args=[oscar.pk])).status_code == 403
    assert client.post(f"/people/{oscar.pk}/edit/", {"name": "X", "role": "administrator"}).status_code == 403
    assert facts(oscar) == before


@pytest.mark.parametrize("act", ACTS)
def test_acts_need_a_post(as_user, ada, olivia, act):
    before = facts(olivia)
    assert as_user(ada).get(reverse(f"accounts:{act}", args=[olivia.pk])).status_code in {200, 405}
    assert facts(olivia) == before


@pytest.mark.parametrize("path", ["/people/", "/people/1/", "/people/invite/", "/branches/", "/lender/", "/profile/", "/"])
def test_somebody_who_is_not_signed_in_is_asked_to(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"


def test_the_list_can_be_searched_and_filtered(as_user, ada, olivia, oscar, carl):
    client = as_user(ada)
    found = client.get("/people/", {"q": "hart 77"}).context["table"].data.data
    assert [str(person) for person in found] == []
    found = client.get("/people/", {"q": "hart olivia"}).context["table"].data.data
    assert [str(person) for person in found] == ["Olivia Hart"]
    found = client.get("/people/", {"branch": carl.branch_id, "role": "officer"}).context["table"].data.data
    assert [str(person) for person in found] == ["Carl Reyes"]


def test_a_long_list_has_pages(as_user, ada, denver):
    UserFactory.create_batch(60, branch=denver)
    client = as_user(ada)
    assert len(client.get("/people/").context["table"].paginated_rows) == 50
    assert "1 to 50 of 61" in client.get("/people/").content.decode()
    assert len(client.get("/people/", {"page": 2}).context["table"].paginated_rows) == 11


def test_the_list_costs_the_same_for_many(as_user, ada, denver, django_assert_max_num_queries):
    UserFactory.create_batch(30, branch=denver)
    client = as_user(ada)
    with django_assert_max_num_queries(10):
        client.get("/people/")


def test_htmx_gets_the_part_below_the_title(as_user, ada):
    page = as_user(ada).get("/people/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'class="filters"' in page


def test_an_invitation_shows_its_link_once(as_user, ada, invitation):
    client = as_user(ada)
    page = client.post("/people/invite/", invitation, follow=True).content.decode()
    nora = User.objects.get(email="nora.quinn@example.com")
    assert nora.access == Access.INVITED
    assert (nora.role, nora.nmls_id) == (Role.ADMINISTRATOR, "77")
    assert "/accounts/password/reset/key/" in page
    assert "/accounts/password/reset/key/" not in client.get(f"/people/{nora.pk}/").content.decode()


def test_an_officer_needs_a_branch(as_user, ada, invitation):
    page = as_user(ada).post("/people/invite/", invitation | {"role": "officer"}).content.decode()
    assert "A loan officer works in a branch." in page
    assert User.objects.count() == 1


def test_inviting_an_officer_whom_a_file_named_takes_the_row(as_user, ada, denver):
    named = User.objects.create(email="nora.quinn@example.com", branch=denver, nmls_id="5", password="!x")
    data = {"email": "NORA.Quinn@example.com", "name": "Nora Quinn", "role": "officer", "branch": denver.pk, "nmls_id": "5"}
    as_user(ada).post("/people/invite/", data)
    named.refresh_from_db()
    assert (named.name, named.access) == ("Nora Quinn", Access.INVITED)


def test_somebody_with_access_is_not_invited_again(as_user, ada, olivia):
    data = {"email": olivia.email, "name": "Other", "role": "officer", "branch": olivia.branch_id}
    assert "can sign in already" in as_user(ada).post("/people/invite/", data).content.decode()
    olivia.refresh_from_db()
    assert olivia.name == "Olivia Hart"


def test_editing_changes_role_branch_and_nmls_id(as_user, ada, olivia, tampa):
    data = {"name": "Olivia Hart", "role": "manager", "branch": tampa.pk, "nmls_id": "123"}
    assert as_user(ada).post(f"/people/{olivia.pk}/edit/", data).status_code == 302
    olivia.refresh_from_db()
    assert (olivia.role, olivia.branch, olivia.nmls_id) == (Role.MANAGER, tampa, "123")


def test_the_last_administrator_keeps_the_role(as_user, ada):
    data = {"name": "Ada", "role": "compliance", "branch": "", "nmls_id": ""}
    assert "last administrator" in as_user(ada).post(f"/people/{ada.pk}/edit/", data).content.decode()
    ada.refresh_from_db()
    assert ada.role == Role.ADMINISTRATOR


def test_the_person_page_links_to_the_hand_over(as_user, ada, olivia):
    page = as_user(ada).get(f"/people/{olivia.pk}/").content.decode()
    assert "Hand over the loans" in page
    assert f'href="/people/{olivia.pk}/hand-over/"' in page

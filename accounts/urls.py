"""Addresses of signing in, of one's own profile, and of people and branches."""

from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views import branches, keys, licenses, own, people

pages = (
    [
        path("profile/", own.profile, name="profile"),
        path("people/", people.people_list, name="people"),
        path("people/invite/", people.invite, name="invite"),
        path("people/<int:pk>/", people.person, name="person"),
        path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
        path("people/<int:pk>/licenses/", licenses.licenses, name="person_licenses"),
        path("people/<int:pk>/licenses/remove/", licenses.license_remove, name="license_remove"),
        path("people/<int:pk>/link/", people.person_link, name="person_link"),
        path("people/<int:pk>/deactivate/", people.person_deactivate, name="person_deactivate"),
        path("people/<int:pk>/reactivate/", people.person_reactivate, name="person_reactivate"),
        path("people/<int:pk>/second-factor/", people.person_forget_second_factor, name="person_forget_second_factor"),
        path("branches/", branches.branch_list, name="branches"),
        path("branches/new/", branches.branch_new, name="branch_new"),
        path("branches/<int:pk>/", branches.branch_edit, name="branch_edit"),
        path("lender/", branches.lender, name="lender"),
        path("keys/", keys.key_list, name="keys"),
        path("keys/new/", keys.key_new, name="key_new"),
        path("keys/<slug:prefix>/revoke/", keys.key_revoke, name="key_revoke"),
    ],
    "accounts",
)

urlpatterns = [
    path("", include(pages)),
    # An e-mail is how files and the LOS name an officer: the administrator changes it, not its owner.
    path("accounts/email/", RedirectView.as_view(pattern_name="accounts:profile")),
    path("accounts/", include("allauth.urls")),
]

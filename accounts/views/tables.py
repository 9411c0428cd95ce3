"""The tables of the people pages."""

import django_tables2 as tables
from django.db.models import F, OrderBy, QuerySet

from accounts.models import User

NOT_ON_A_PHONE = {"th": {"class": "wide-only"}, "td": {"class": "wide-only"}}


class PeopleTable(tables.Table):
    name = tables.TemplateColumn(template_name="accounts/_person_cell.html", order_by=("shown_name", "pk"))
    email = tables.Column("E-mail", attrs=NOT_ON_A_PHONE)
    role = tables.Column(attrs=NOT_ON_A_PHONE)
    branch = tables.Column(order_by=("branch__name", "shown_name"), default="All branches", attrs=NOT_ON_A_PHONE)
    nmls_id = tables.Column("NMLS ID", default="—", attrs=NOT_ON_A_PHONE)
    last_login = tables.TemplateColumn(
        template_name="accounts/_last_login_cell.html", verbose_name="Last sign-in", empty_values=(), attrs=NOT_ON_A_PHONE
    )
    access = tables.TemplateColumn(template_name="accounts/_access_cell.html", orderable=False)

    class Meta:
        model = User
        fields = ("name", "email", "role", "branch", "nmls_id", "last_login", "access")
        attrs = {"class": "table table-sm table-vcenter", "data-rows": ""}
        order_by = "name"

    def order_last_login(self, people: QuerySet[User], is_descending: bool) -> tuple[QuerySet[User], bool]:
        """Those who never signed in come last either way."""
        return people.order_by(OrderBy(F("last_login"), descending=is_descending, nulls_last=True), "shown_name"), True

"""Addresses of the queue, the opportunities and the portfolio."""

from django.urls import path

from loans.views import acting, acting_on_many, hand_over, imports, opportunity, policy, portfolio, queue, runs

app_name = "loans"

urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("queue.csv", queue.export, name="export"),
    path("queue/counts/", queue.counts, name="counts"),
    path("queue/archive/", acting_on_many.archive, name="archive_many"),
    path("queue/snooze/", acting_on_many.snooze, name="snooze_many"),
    path("queue/bring-back/", acting_on_many.bring_back, name="bring_back_many"),
    path("opportunities/<int:pk>/", opportunity.opportunity, name="opportunity"),
    path("opportunities/<int:pk>/why/", opportunity.why, name="why"),
    path("opportunities/<int:pk>/archive/", acting.archive, name="archive"),
    path("opportunities/<int:pk>/snooze/", acting.snooze, name="snooze"),
    path("opportunities/<int:pk>/bring-back/", acting.bring_back, name="bring_back"),
    path("opportunities/<int:pk>/notes/", acting.note, name="note"),
    path("loans/<path:loan_number>/", opportunity.loan, name="loan"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio.csv", portfolio.export, name="portfolio_export"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/template.csv", imports.import_template, name="import_template"),
    path("imports/<int:pk>/", imports.import_detail, name="import"),
    path("imports/<int:pk>/errors.csv", imports.import_errors, name="import_errors"),
    path("runs/", runs.runs, name="runs"),
    path("runs/match/", runs.run_now, name="run_now"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/decide/", runs.run_decide, name="run_decide"),
    path("settings/policy/", policy.policy, name="policy"),
    path("settings/policy/change/", policy.policy_edit, name="policy_edit"),
    path("settings/policy/examples/", policy.policy_examples, name="policy_examples"),
    path("people/<int:pk>/hand-over/", hand_over.hand_over, name="hand_over"),
]

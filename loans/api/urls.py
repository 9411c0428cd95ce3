"""Addresses of the API of loans and opportunities, under /api/v1/."""

from django.urls import path

from loans.api import loans, opportunities

urlpatterns = [
    path("loans/", loans.Loans.as_view(), name="api_loans"),
    path("loans/<path:loan_number>/explanation/", loans.LoanExplanation.as_view(), name="api_loan_explanation"),
    path("loans/<path:loan_number>/", loans.LoanDetail.as_view(), name="api_loan"),
    path("opportunities/", opportunities.Opportunities.as_view(), name="api_opportunities"),
    path("opportunities/<int:pk>/", opportunities.OpportunityDetail.as_view(), name="api_opportunity"),
    path("opportunities/<int:pk>/snooze/", opportunities.Snooze.as_view(), name="api_opportunity_snooze"),
    path("opportunities/<int:pk>/archive/", opportunities.Archive.as_view(), name="api_opportunity_archive"),
    path("opportunities/<int:pk>/note/", opportunities.Note.as_view(), name="api_opportunity_note"),
]

"""The portfolio and its opportunities: facts, constraints, and who may see which row."""

from loans.models.batches import ImportBatch
from loans.models.cycles import DailyCycle
from loans.models.loans import Amortization, Borrower, Loan, LoanStatus, Occupancy, Program, Purpose, Servicing
from loans.models.opportunities import Engagement, EventKind, Opportunity, OpportunityEvent, OpportunityStatus
from loans.models.policies import Policy
from loans.models.runs import MatchRun, RunDecision

__all__ = [
    "Amortization",
    "Borrower",
    "DailyCycle",
    "Engagement",
    "EventKind",
    "ImportBatch",
    "Loan",
    "LoanStatus",
    "MatchRun",
    "Occupancy",
    "Opportunity",
    "OpportunityEvent",
    "OpportunityStatus",
    "Policy",
    "Program",
    "Purpose",
    "RunDecision",
    "Servicing",
]

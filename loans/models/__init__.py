"""The portfolio and its opportunities: facts, constraints, and who may see which row."""

from loans.models.batches import ImportBatch
from loans.models.costs import ClosingCost, InvestorWindow
from loans.models.cycles import DailyCycle
from loans.models.loans import Amortization, Borrower, Loan, LoanStatus, Occupancy, Program, Purpose, Servicing
from loans.models.opportunities import Engagement, EventKind, Opportunity, OpportunityEvent, OpportunityStatus
from loans.models.policies import Policy
from loans.models.program_values import ProgramValue
from loans.models.runs import MatchRun, RunDecision
from loans.models.score import ScoreWeights
from loans.models.thresholds import ProductFamily, Threshold

__all__ = [
    "Amortization",
    "Borrower",
    "ClosingCost",
    "DailyCycle",
    "Engagement",
    "EventKind",
    "ImportBatch",
    "InvestorWindow",
    "Loan",
    "LoanStatus",
    "MatchRun",
    "Occupancy",
    "Opportunity",
    "OpportunityEvent",
    "OpportunityStatus",
    "Policy",
    "ProductFamily",
    "Program",
    "ProgramValue",
    "Purpose",
    "RunDecision",
    "ScoreWeights",
    "Servicing",
    "Threshold",
]

"""Who may do what, by role. Which rows somebody sees is `visible_to(user)`; this is about acts.

Ask with `user.has_perm("desk.import_loans")`, in front of a view `@requires("desk.import_loans")`, in a template
`perms.desk.import_loans`.
Compliance reads everything; what it changes is what it answers for: templates, consents, the numbers of the programs.
"""

from collections.abc import Callable
from typing import Any

import rules
from django.contrib.auth.decorators import login_required, permission_required

from accounts.models import Branch, Role, User


@rules.predicate
def works_here(user: User) -> bool:
    return user.is_authenticated and user.is_active


@rules.predicate
def is_administrator(user: User) -> bool:
    return getattr(user, "role", None) == Role.ADMINISTRATOR


@rules.predicate
def is_manager(user: User) -> bool:
    return getattr(user, "role", None) == Role.MANAGER


@rules.predicate
def is_officer(user: User) -> bool:
    return getattr(user, "role", None) == Role.OFFICER


@rules.predicate
def is_compliance(user: User) -> bool:
    return getattr(user, "role", None) == Role.COMPLIANCE


@rules.predicate
def is_service(user: User) -> bool:
    """Another system, by its key."""
    return getattr(user, "role", None) == Role.SERVICE


@rules.predicate
def manages_branch(user: User, branch: Branch | None) -> bool:
    """A manager acts for the own branch; without a branch the act concerns the whole lender."""
    return is_manager(user) and branch is not None and user.branch_id == branch.pk


PERMISSIONS = {
    # Archive, snooze and bring back; on rows that the person or system sees. A key that only reads is stopped at the door.
    "desk.work_opportunities": works_here & (is_officer | is_manager | is_administrator | is_service),
    # Whoever works on a loan may write down what was said; compliance only reads.
    "desk.note_opportunities": works_here & ~is_compliance,
    # Write, call, begin and end conversations; on rows that the person or system sees.
    "desk.converse": works_here & (is_officer | is_manager | is_administrator | is_service),
    # Portfolio files name any branch of the lender.
    "desk.import_loans": works_here & (is_manager | is_administrator | is_service),
    "desk.see_imports": works_here & (is_manager | is_administrator | is_compliance),
    # A file of names with their e-mail addresses and phone numbers is what leaves with somebody who leaves.
    "desk.export_contacts": works_here & (is_manager | is_administrator | is_compliance),
    # Of the people whom they see: a manager the own branch, an administrator everybody.
    "desk.hand_over_loans": works_here & (is_manager | is_administrator),
    # The lender's rules and the weights of the score concern every branch.
    "desk.edit_policy": works_here & is_administrator,
    # A held market value concerns every branch: accept it, or keep the old one.
    "desk.decide_rates": works_here & (is_manager | is_administrator),
    # A daily run that opened far more than usual waits for somebody to release it.
    "desk.hold_runs": works_here & (is_manager | is_administrator),
    "desk.see_runs": works_here & (is_manager | is_administrator | is_compliance),
    # With a branch: its thresholds and costs. Without: the lender's.
    "desk.edit_rules": works_here & (is_administrator | manages_branch),
    "desk.see_rules": works_here & (is_manager | is_administrator | is_compliance),
    # What law and programs ask is read in its source by those who answer for it; it counts for the whole lender.
    "desk.edit_program_values": works_here & (is_administrator | is_compliance),
    # Whoever writes templates reads them all; what is written reaches nobody before compliance has approved it.
    "desk.write_templates": works_here & (is_officer | is_manager | is_compliance | is_administrator),
    "desk.approve_templates": works_here & is_compliance,
    # Stop everything that goes out, and let it go on.
    "desk.halt": works_here & (is_manager | is_administrator | is_compliance),
    # With a branch: how it speaks with borrowers. Without: the lender's ceilings, sender domains, texts and providers.
    "desk.set_outreach": works_here & (is_administrator | manages_branch),
    "desk.see_outreach": works_here & (is_manager | is_administrator | is_compliance),
    # Let the messages of a batch go, or drop them; of rows that the person sees.
    "desk.release_messages": works_here & (is_officer | is_manager | is_administrator),
    # The record of a message as an examiner reads it; every opening is kept.
    "desk.replay": works_here & (is_manager | is_administrator | is_compliance),
    # Of the rows that the person sees: an officer the own, a manager the branch's, compliance and administrators everybody's.
    "desk.see_reports": works_here & (is_officer | is_manager | is_compliance | is_administrator | is_service),
    "desk.edit_sequences": works_here & (is_manager | is_administrator),
    # Whoever hears "no more" writes it down; opening an address again is compliance's.
    "desk.record_opt_out": works_here,
    "desk.lift_opt_out": works_here & (is_compliance | is_administrator),
    "desk.import_consents": works_here & (is_manager | is_administrator | is_compliance),
    # Tell what happened to a loan or its borrower; of rows that the person or system sees.
    "desk.post_events": works_here & (is_service | is_manager | is_administrator),
    "desk.manage_keys": works_here & is_administrator,
    "desk.manage_people": works_here & is_administrator,
    "desk.see_people": works_here & (is_manager | is_administrator | is_compliance),
}

for name, predicate in PERMISSIONS.items():
    rules.set_perm(name, predicate)


def requires(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """For a view: somebody who is not signed in is asked to, somebody who may not gets the 403 page."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        return login_required(permission_required(permission, raise_exception=True)(view))

    return guard

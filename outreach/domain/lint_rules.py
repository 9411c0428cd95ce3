"""The rules a message must keep, as data: what each looks for, whether it blocks, which law it is, what to write instead."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from outreach.domain import lint_looks as looks
from outreach.domain import lint_words
from outreach.domain.lint_reading import Place, Reading


class Level(StrEnum):
    """Whether a finding can be accepted by compliance with a written reason."""

    BLOCKS = "blocks"
    DECISION = "decision"


@dataclass(frozen=True)
class Rule:
    """One rule. `look` yields each place that breaks it."""

    name: str
    level: Level
    citation: str
    sentence: str
    fix: str
    look: Callable[[Reading], Iterator[Place]]
    channels: tuple[str, ...] = ("email", "sms", "call")


_BLOCKS, _DECISION = Level.BLOCKS, Level.DECISION
_EMAIL, _SMS = ("email",), ("sms",)

RULES: tuple[Rule, ...] = (
    Rule(
        "payment_without_repayment_terms",
        _BLOCKS,
        "Reg Z, 12 CFR 1026.24(d)(1)(iii), (d)(2)",
        "A saving per month is the amount of a payment. It may stand only beside the number of payments, the APR and the cost.",
        "Put {{ example_table }} into the same part, or remove the figure.",
        looks.payment_without_terms,
        ("email", "call"),
    ),
    Rule(
        "savings_in_subject",
        _BLOCKS,
        "Reg Z, 12 CFR 1026.24(d)(1)(iii), (d)(2)",
        "A figure may stand only beside the number of payments and the APR. The subject line has no room for them.",
        "Remove the figure from the subject.",
        looks.figure_in_subject,
        _EMAIL,
    ),
    Rule(
        "rate_without_apr",
        _BLOCKS,
        "Reg Z, 12 CFR 1026.24(c)",
        "A rate, points among it, may be advertised only beside the annual percentage rate.",
        "Use {{ rate_statement }}, or put {{ example_table }} into the same part.",
        looks.rate_without_apr,
        ("email", "call"),
    ),
    Rule(
        "typed_figure",
        _BLOCKS,
        "Reg Z, 12 CFR 1026.24(a)",
        "A figure typed by hand is the same for every borrower and every day. Only terms actually available may be advertised.",
        "Use a merge field, or remove the figure.",
        looks.typed_figure,
        ("email", "call"),
    ),
    Rule(
        "index_stated_as_available",
        _BLOCKS,
        "Reg Z, 12 CFR 1026.24(a), (c)",
        "The market rate is an average here, not a rate you offer. Only terms actually available may be advertised.",
        "Say whose average it is and its date, or use a quotable rate.",
        looks.index_as_available,
    ),
    Rule(
        "index_without_owner_and_date",
        _BLOCKS,
        "Reg N, 12 CFR 1014.3(b)",
        "A market rate means nothing without whose it is and its date.",
        "Use {{ rate_statement }}, or add {{ market_owner }} and {{ market_date }}.",
        looks.index_without_owner,
    ),
    Rule(
        "approval_promised",
        _BLOCKS,
        "Reg N, 12 CFR 1014.3(q), (r)",
        "Nobody is approved, or guaranteed to be, before a lender has looked at an application.",
        "Say “A review may be worthwhile”.",
        looks.phrases(lint_words.APPROVAL_PROMISED),
    ),
    Rule(
        "cost_denied",
        _BLOCKS,
        "Reg N, 12 CFR 1014.3(c)",
        "A refinance costs something, at closing or in the rate. A cost that exists may not be denied.",
        "Show the cost, or say that the estimate has every cost.",
        looks.phrases(lint_words.COST_DENIED),
    ),
    Rule(
        "source_of_communication",
        _DECISION,
        "Reg N, 12 CFR 1014.3(o)",
        "This may suggest the company the borrower pays today, which may be another.",
        "Say “I arranged your mortgage in {{ closing_year }}”.",
        looks.phrases(lint_words.SOURCE_OF_COMMUNICATION),
    ),
    Rule(
        "government_look",
        _BLOCKS,
        "Reg N, 12 CFR 1014.3(n); Reg Z, 12 CFR 1026.24(i)(3)",
        "This may look like a government program or a message of an agency.",
        "Leave the government out of it.",
        looks.phrases(lint_words.GOVERNMENT_LOOK),
    ),
    Rule(
        "debt_elimination",
        _BLOCKS,
        "Reg Z, 12 CFR 1026.24(i)(5); Reg N, 12 CFR 1014.3(m)",
        "A refinance replaces a debt. It does not reduce or end it.",
        "Remove the claim.",
        looks.phrases(lint_words.DEBT_ELIMINATION),
    ),
    Rule(
        "cash_promised",
        _BLOCKS,
        "Reg N, 12 CFR 1014.3(j)",
        "Cash and skipped payments are part of the debt, and may not be promised.",
        "Remove the promise.",
        looks.phrases(lint_words.CASH_PROMISED),
    ),
    Rule(
        "counselor",
        _BLOCKS,
        "Reg Z, 12 CFR 1026.24(i)(6); Reg N, 12 CFR 1014.3(s)",
        "A loan officer of a company that lends for profit is no counselor.",
        "Say “loan officer”.",
        looks.phrases(lint_words.COUNSELOR),
    ),
    Rule(
        "fixed_misleading",
        _BLOCKS,
        "Reg Z, 12 CFR 1026.24(i)(1); Reg N, 12 CFR 1014.3(g)",
        "“Fixed” may only describe a rate or a payment that can't change until the loan is repaid; taxes and insurance can.",
        "Name the product by {{ market_product }}.",
        looks.phrases(lint_words.FIXED_MISLEADING),
    ),
    Rule(
        "misleading_comparison",
        _DECISION,
        "Reg Z, 12 CFR 1026.24(i)(2); Reg N, 12 CFR 1014.3(h)",
        "A comparison needs the same kind of payment on both sides, and proof.",
        "Compare by {{ example_table }}, or remove it.",
        looks.phrases(lint_words.MISLEADING_COMPARISON),
    ),
    Rule(
        "false_urgency",
        _BLOCKS,
        "Reg N, 12 CFR 1014.3",
        "Nothing here ends on a day that we know of, so nobody may be hurried.",
        "Say what a lock does and that you can tell what it costs today.",
        looks.phrases(lint_words.FALSE_URGENCY),
    ),
    Rule(
        "affiliate_referral_without_disclosure",
        _BLOCKS,
        "RESPA, 12 CFR 1024.14, 1024.15",
        "A referral to an affiliate or partner needs its own written disclosure at or before the referral.",
        "Remove the referral.",
        looks.phrases(lint_words.AFFILIATE_REFERRAL_WITHOUT_DISCLOSURE),
    ),
    Rule(
        "text_with_figures",
        _BLOCKS,
        "Reg Z, 12 CFR 1026.24(c), (d)",
        "A text has no room for the terms that must stand beside a figure, and carriers filter figures of loans.",
        "Remove the figure; the link leads to it.",
        looks.text_with_figures,
        _SMS,
    ),
    Rule(
        "text_without_stop",
        _DECISION,
        "TCPA, 47 CFR 64.1200(a)(10)",
        "The text does not say how to end texts. The system adds “Reply STOP to end texts.”",
        "Write it at the end, or accept what is added.",
        looks.text_without_stop,
        _SMS,
    ),
    Rule(
        "text_without_brand",
        _BLOCKS,
        "TCPA, 47 CFR 64.1200(b); CTIA Messaging Principles, 5.1",
        "A text must say which company it is from.",
        "Write {{ lender_name }}.",
        looks.text_without_brand,
        _SMS,
    ),
    Rule(
        "text_too_long",
        _BLOCKS,
        "House rule",
        "With long names this takes more than one message of 160 plain characters, which may arrive cut.",
        "Use fewer words.",
        looks.text_too_long,
        _SMS,
    ),
    Rule(
        "unknown_merge_field",
        _BLOCKS,
        "House rule",
        "This can't be filled: there is no such merge field or filter, or the braces don't match.",
        "Choose a merge field from the list.",
        looks.unknown_field,
    ),
    Rule(
        "remote_resource",
        _BLOCKS,
        "House rule",
        "This would load something when the mail is opened, and so tell who reads it.",
        "Remove it. Mail here is text.",
        looks.remote,
        _EMAIL,
    ),
    Rule(
        "foreign_link",
        _BLOCKS,
        "CAN-SPAM, 15 U.S.C. 7704(a)(1)",
        "Every link leads to a page of ours. Typed addresses and shorteners hide where a link leads.",
        "Use {{ estimate_link }} or {{ booking_link }}.",
        looks.foreign_link,
    ),
    Rule(
        "broken_body",
        _BLOCKS,
        "House rule",
        "The body may hold only <mj-text>, <mj-button>, <mj-divider> and <mj-spacer>, with plain words in them.",
        "Remove the tag or the attribute, or close it.",
        looks.broken_body,
        _EMAIL,
    ),
    Rule(
        "subject_missing",
        _BLOCKS,
        "CAN-SPAM, 15 U.S.C. 7704(a)(2)",
        "An e-mail without a subject says nothing of what it is.",
        "Write a subject.",
        looks.empty("subject"),
        _EMAIL,
    ),
    Rule(
        "body_missing",
        _BLOCKS,
        "House rule",
        "There is nothing to say.",
        "Write the message.",
        looks.empty("body"),
    ),
    Rule(
        "plain_text_missing",
        _BLOCKS,
        "House rule",
        "Who reads mail without HTML would get nothing.",
        "Write the plain-text part.",
        looks.empty("text"),
        _EMAIL,
    ),
    Rule(
        "subject_deceptive",
        _BLOCKS,
        "CAN-SPAM, 15 U.S.C. 7704(a)(2)",
        "The subject pretends to be an answer, or shouts.",
        "Say what the message is about.",
        looks.deceptive_subject,
        _EMAIL,
    ),
    Rule(
        "parts_differ",
        _DECISION,
        "House rule",
        "The plain-text part does not tell the same figures as the HTML part.",
        "Use the same merge fields in both.",
        looks.parts_differ,
        _EMAIL,
    ),
)

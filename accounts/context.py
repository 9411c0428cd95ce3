"""What every page's shell shows: whose desk this is, where one can go from here and, in a demo, where its rates come from."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.models import Lender
from accounts.services import invitations


@dataclass(frozen=True)
class Entry:
    """A page of the sidebar. Its permission, when it has one, decides who is shown the link; the page decides for itself."""

    label: str
    name: str
    icon: str
    permission: str = ""
    # Pages that belong under this one and live at other addresses, by the start of their URL name.
    also: tuple[str, ...] = ()
    tab: bool = False
    # Reached by G and the first letter.
    keyed: bool = False


OUTREACH_SETTINGS = ("outreach:branch", "outreach:officer", "outreach:domain", "outreach:texts", "outreach:halt")
QUEUE = (
    "loans:opportunit", "loans:snooze", "loans:archive", "outreach:conversation", "outreach:write", "outreach:start",
    "outreach:stop", "outreach:call_log",
)  # fmt: skip
RULES = ("loans:polic", "loans:cost", "loans:investor", "loans:program_value", "loans:score")
SIDEBAR: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("Today", "outreach:today", "sun", tab=True, keyed=True),
            Entry("Queue", "loans:queue", "list-numbers", also=QUEUE, tab=True, keyed=True),
            Entry("Hot list", "outreach:hot_list", "flame", tab=True, keyed=True),
            Entry("Inbox", "outreach:inbox", "inbox", also=("outreach:reply",), tab=True, keyed=True),
            Entry("Calls", "outreach:calls", "phone", keyed=True),
            Entry(
                "Portfolio", "loans:portfolio", "briefcase", also=("loans:loan", "loans:hand_over", "loans:nearly"), keyed=True
            ),
        ),
    ),
    (
        "Outreach",
        (
            Entry("Templates", "outreach:templates", "template", "desk.write_templates", also=("outreach:template",)),
            Entry("Going out", "outreach:going_out", "send", also=("outreach:hold",)),
            Entry("Outbox", "outreach:outbox", "mailbox", also=("outreach:message",)),
            Entry("Sequences", "outreach:sequences", "route", also=("outreach:sequence",)),
            Entry("Consent", "outreach:consents", "shield-check", also=("outreach:consent", "outreach:do_not")),
            Entry("Message replay", "outreach:replays", "history", "desk.replay", also=("outreach:replay",)),
            Entry("Settings", "outreach:settings", "settings", "desk.see_outreach", also=OUTREACH_SETTINGS),
        ),
    ),
    (
        "Insight",
        (
            Entry("Reports", "reports:weekly", "report-analytics", "desk.see_reports", also=("reports:behind",)),
            Entry("Back-test", "reports:backtests", "history-toggle", "desk.see_reports", also=("reports:backtest",)),
            Entry("Tune the threshold", "loans:tune", "adjustments-horizontal", "desk.see_rules", also=("loans:tune",)),
            Entry("Rates", "rates:rates", "chart-line", also=("rates:",), keyed=True),
            Entry("Imports", "loans:imports", "file-import", "desk.see_imports", also=("loans:import", "loans:mapping")),
            Entry("Runs", "loans:runs", "refresh", "desk.see_runs", also=("loans:run",)),
        ),
    ),
    (
        "Administration",
        (
            Entry("People", "accounts:people", "users", "desk.see_people", also=("accounts:person", "accounts:invite")),
            Entry("Branches", "accounts:branches", "building", "desk.see_people", also=("accounts:branch",)),
            Entry("Rules", "loans:policy", "adjustments", "desk.see_rules", also=RULES),
            Entry("Lender", "accounts:lender", "building-bank", "desk.manage_people"),
            Entry("API keys", "accounts:keys", "key", "desk.manage_keys", also=("accounts:key",)),
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    icon: str
    key: str
    active: bool
    tab: bool
    keyed: bool


def desk(request: HttpRequest) -> dict[str, Any]:
    """The lender and the sidebar, for the shell of each page; looked up only when a template asks."""
    return {
        "lender": SimpleLazyObject(Lender.current),
        "sidebar": SimpleLazyObject(lambda: sidebar(request)),
        "search_url": reverse("loans:portfolio"),
        "counts_url": reverse("loans:counts"),
        "conversations_url": reverse("outreach:counts"),
        "alerts_url": reverse("outreach:alerts"),
        "halt_state_url": reverse("outreach:halt_state"),
        "can_email": invitations.can_email(),
    }


def sidebar(request: HttpRequest) -> list[tuple[str, list[Link]]]:
    """The groups with the pages that exist and that this person may open."""
    match = request.resolver_match
    here = match.view_name if match else ""
    groups = []
    for title, entries in SIDEBAR:
        links = [link for entry in entries if (link := _link(entry, request, here))]
        if links:
            groups.append((title, links))
    return groups


def _link(entry: Entry, request: HttpRequest, here: str) -> Link | None:
    if entry.permission and not request.user.has_perm(entry.permission):
        return None
    active = here == entry.name or here.startswith(entry.also)
    return Link(entry.label, reverse(entry.name), entry.icon, entry.name.partition(":")[2], active, entry.tab, entry.keyed)

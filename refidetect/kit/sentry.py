"""Errors told to a Sentry server: off unless its address is set, and then the type and the place of an error, no more.

Messages of errors hold values ("Key (email)=(...) already exists"), so do local variables, headers, queries, forms and the
arguments of tasks: none of them leaves the house.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration

KEPT = frozenset({
    "event_id", "timestamp", "level", "platform", "logger", "release", "environment", "server_name", "exception", "sdk",
    "modules", "transaction", "transaction_info", "type", "fingerprint",
})  # fmt: skip
KEPT_OF_A_FRAME = frozenset({"filename", "function", "module", "lineno", "in_app", "abs_path"})


def start(dsn: str) -> None:
    """Does nothing without an address."""
    if dsn:
        sentry_sdk.init(
            dsn=dsn,
            integrations=[DjangoIntegration(transaction_style="function_name")],
            send_default_pii=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            traces_sample_rate=0,
            enable_logs=False,
            auto_session_tracking=False,
            before_send=without_values,
            before_send_transaction=lambda _event, _hint: None,
        )


def without_values(event: Any, _hint: Any = None) -> Any:
    """The event with nothing but where it happened and what kind of error it was."""
    kept = {name: value for name, value in event.items() if name in KEPT}
    # It is the view's name; where Django found no view it would be the path, which may hold a borrower's link.
    if "/" in str(kept.get("transaction", "")):
        kept.pop("transaction")
    for error in (kept.get("exception") or {}).get("values") or ():
        error.pop("value", None)
        (error.get("mechanism") or {}).pop("data", None)
        frames = (error.get("stacktrace") or {}).get("frames") or ()
        for frame in frames:
            for name in set(frame) - KEPT_OF_A_FRAME:
                frame.pop(name)
    return kept

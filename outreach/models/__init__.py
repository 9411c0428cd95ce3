"""Speaking with borrowers, in rows: settings, sequences, enrollments, touches, what came back, consent, and the desk's work."""

from outreach.models.consents import Consent, ConsentAct, ConsentSource, Suppression
from outreach.models.desk_work import (
    Alert,
    AlertKind,
    Appointment,
    AppointmentState,
    CallReason,
    CallTask,
    MailState,
)
from outreach.models.enrollments import Enrollment, EnrollmentState
from outreach.models.happenings import InboxItem, Reading, Reply, TouchEvent
from outreach.models.reading import Change, ChangeKind, ReadKind, RecordRead
from outreach.models.sequences import Channel, Sequence, SequenceVersion, Template, TemplateState, TemplateVersion
from outreach.models.settings import BranchOutreach, Desk, Enrolls, Mode, OfficerOutreach, ProviderPause, SenderDomain
from outreach.models.touches import EDGES, Attempt, GateAnswer, Message, Touch, TouchKind, TouchState

__all__ = [
    "EDGES",
    "Alert",
    "AlertKind",
    "Appointment",
    "AppointmentState",
    "Attempt",
    "BranchOutreach",
    "CallReason",
    "CallTask",
    "Change",
    "ChangeKind",
    "Channel",
    "Consent",
    "ConsentAct",
    "ConsentSource",
    "Desk",
    "Enrollment",
    "EnrollmentState",
    "Enrolls",
    "GateAnswer",
    "InboxItem",
    "MailState",
    "Message",
    "Mode",
    "OfficerOutreach",
    "ProviderPause",
    "ReadKind",
    "Reading",
    "RecordRead",
    "Reply",
    "SenderDomain",
    "Sequence",
    "SequenceVersion",
    "Suppression",
    "Template",
    "TemplateState",
    "TemplateVersion",
    "Touch",
    "TouchEvent",
    "TouchKind",
    "TouchState",
]

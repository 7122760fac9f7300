from appeals.models.alarms import AlarmState, RuleAlarm
from appeals.models.alike import Likeness, SuggestedFinding
from appeals.models.appeals import SERVED, Appeal, DocumentRequest, Ground, Harm, Urgency, Wish
from appeals.models.catalogue import (
    OPEN_CHANGES,
    CalendarDay,
    CatalogueChange,
    CatalogueEdition,
    ChangeState,
    SettingsVersion,
)
from appeals.models.clarity import ClarityAnswer
from appeals.models.clocks import CaseClock, ClockEnd, ClockKind, DayUnit
from appeals.models.conditions import ConditionState, OutcomeCondition, PaymentReport
from appeals.models.data_copies import CopyState, DataCopy, DataCopyDownload
from appeals.models.decisions import ADVERSE, Action, DecisionReason, LineDecision
from appeals.models.desk import BulkKind, BulkStep, BulkStepRow, ExportRecord, SavedView
from appeals.models.events import CaseEvent, EventKind
from appeals.models.evidence import (
    ErasedBecause,
    EvidenceDocument,
    EvidenceOpening,
    VirusScan,
)
from appeals.models.facts import (
    LineFact,
    LineWatch,
    PassedReason,
    RestoreMode,
    RestoreProposal,
    RestoreSetting,
    RestoreState,
)
from appeals.models.fairness import (
    Dimension,
    FairnessAlarm,
    FairnessMark,
    FairnessSum,
    GroupCount,
    Source,
)
from appeals.models.feed import FeedRun, RejectedLine
from appeals.models.holds import LegalHold
from appeals.models.incidents import (
    AffectedDecision,
    AffectedState,
    EngineRequest,
    EngineRequestState,
    GatheredAppeal,
    Incident,
    IncidentState,
    Obstacle,
)
from appeals.models.lines import CreditLine, LineStatus
from appeals.models.marks import EvidenceMark
from appeals.models.notice_clocks import NoticeClock
from appeals.models.notice_documents import (
    DueDocument,
    NoticeDocument,
    PaperFault,
    PaperFormat,
)
from appeals.models.notices import Notice, NoticeHold
from appeals.models.overturns import OverturnDigest, OverturnPassing, RuleReasonWeek
from appeals.models.people import ConflictOfInterest, ReviewerProfile, RuleOwner
from appeals.models.policies import ClassWide, PolicyPage
from appeals.models.quality import QualityReview
from appeals.models.queues import Assignment, QueueMembership, ReviewQueue, RoutingRule
from appeals.models.remedies import UNDER_WAY, WORKING, Remedy, RemedyState
from appeals.models.representatives import Authority, Representative
from appeals.models.requests import (
    CustomerRequest,
    RequestClock,
    RequestKind,
    RequestResult,
    Situation,
)
from appeals.models.review import (
    Claim,
    Finding,
    InstructionState,
    LineInstruction,
    Outcome,
    Purpose,
)
from appeals.models.rule_hours import RuleHour, RuleHourPart, RuleWatch
from appeals.models.talk import CaseNote, Mention, ReplyText, TextPurpose
from appeals.models.tallies import AppealTally, Measure
from appeals.models.tokens import IdempotencyRecord, Scope, ServiceToken
from appeals.models.treatment import TreatmentAnswer
from appeals.models.uploads import EvidenceUpload

__all__ = [
    "ADVERSE",
    "OPEN_CHANGES",
    "SERVED",
    "UNDER_WAY",
    "WORKING",
    "Action",
    "AffectedDecision",
    "AffectedState",
    "AlarmState",
    "Appeal",
    "AppealTally",
    "Assignment",
    "Authority",
    "BulkKind",
    "BulkStep",
    "BulkStepRow",
    "CalendarDay",
    "CaseClock",
    "CaseEvent",
    "CaseNote",
    "CatalogueChange",
    "CatalogueEdition",
    "ChangeState",
    "Claim",
    "ClarityAnswer",
    "ClassWide",
    "ClockEnd",
    "ClockKind",
    "ConditionState",
    "ConflictOfInterest",
    "CopyState",
    "CreditLine",
    "CustomerRequest",
    "DataCopy",
    "DataCopyDownload",
    "DayUnit",
    "DecisionReason",
    "Dimension",
    "DocumentRequest",
    "DueDocument",
    "EngineRequest",
    "EngineRequestState",
    "ErasedBecause",
    "EventKind",
    "EvidenceDocument",
    "EvidenceMark",
    "EvidenceOpening",
    "EvidenceUpload",
    "ExportRecord",
    "FairnessAlarm",
    "FairnessMark",
    "FairnessSum",
    "FeedRun",
    "Finding",
    "GatheredAppeal",
    "Ground",
    "GroupCount",
    "Harm",
    "IdempotencyRecord",
    "Incident",
    "IncidentState",
    "InstructionState",
    "LegalHold",
    "Likeness",
    "LineDecision",
    "LineFact",
    "LineInstruction",
    "LineStatus",
    "LineWatch",
    "Measure",
    "Mention",
    "Notice",
    "NoticeClock",
    "NoticeDocument",
    "NoticeHold",
    "Obstacle",
    "Outcome",
    "OutcomeCondition",
    "OverturnDigest",
    "OverturnPassing",
    "PaperFault",
    "PaperFormat",
    "PassedReason",
    "PaymentReport",
    "PolicyPage",
    "Purpose",
    "QualityReview",
    "QueueMembership",
    "RejectedLine",
    "Remedy",
    "RemedyState",
    "ReplyText",
    "Representative",
    "RequestClock",
    "RequestKind",
    "RequestResult",
    "RestoreMode",
    "RestoreProposal",
    "RestoreSetting",
    "RestoreState",
    "ReviewQueue",
    "ReviewerProfile",
    "RoutingRule",
    "RuleAlarm",
    "RuleHour",
    "RuleHourPart",
    "RuleOwner",
    "RuleReasonWeek",
    "RuleWatch",
    "SavedView",
    "Scope",
    "ServiceToken",
    "SettingsVersion",
    "Situation",
    "Source",
    "SuggestedFinding",
    "TextPurpose",
    "TreatmentAnswer",
    "Urgency",
    "VirusScan",
    "Wish",
]

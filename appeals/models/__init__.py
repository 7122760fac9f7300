from appeals.models.appeals import Appeal, DocumentRequest, Ground, Wish
from appeals.models.decisions import ADVERSE, Action, DecisionReason, LineDecision
from appeals.models.events import CaseEvent, EventKind
from appeals.models.evidence import EvidenceDocument, EvidenceOpening, VirusScan
from appeals.models.feed import FeedRun, RejectedLine
from appeals.models.lines import CreditLine, LineStatus
from appeals.models.notices import Notice, NoticeHold
from appeals.models.queues import ReviewQueue, RoutingRule
from appeals.models.review import Claim, Finding, InstructionState, LineInstruction, Outcome
from appeals.models.tokens import IdempotencyRecord, Scope, ServiceToken

__all__ = [
    "ADVERSE",
    "Action",
    "Appeal",
    "CaseEvent",
    "Claim",
    "CreditLine",
    "DecisionReason",
    "DocumentRequest",
    "EventKind",
    "EvidenceDocument",
    "EvidenceOpening",
    "FeedRun",
    "Finding",
    "Ground",
    "IdempotencyRecord",
    "InstructionState",
    "LineDecision",
    "LineInstruction",
    "LineStatus",
    "Notice",
    "NoticeHold",
    "Outcome",
    "RejectedLine",
    "ReviewQueue",
    "RoutingRule",
    "Scope",
    "ServiceToken",
    "VirusScan",
    "Wish",
]

"""Facts about lines come in: what `restore_when` of the catalogue is tested by."""

from collections import Counter
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from appeals.actions.facts import take_facts
from appeals.api.authentication import MayWriteFacts
from appeals.api.decisions import KEY
from appeals.api.errors import Rejected
from appeals.api.idempotency import Answer
from appeals.api.list_once import ListOnce
from appeals.api.serializers import ProblemSerializer
from appeals.catalogue.facts import WATCHED_FACTS
from appeals.feed.decoding import Unusable, decode_json
from appeals.feed.facts import facts_in

MOST_FACTS = 1_000
NAMES = sorted(WATCHED_FACTS.items())


class FactSchema(serializers.Serializer[Any]):
    """What a source knows of one line at one moment."""

    fact_id = serializers.CharField(help_text="unique in the source")
    line = serializers.CharField(help_text="the line's reference, as in its decisions")
    as_of = serializers.DateTimeField(help_text="when it was so, with the offset")
    facts = serializers.DictField(
        help_text="names and kinds: " + ", ".join(f"{n} ({k.value})" for n, k in NAMES)
    )


class FactAnswerSerializer(serializers.Serializer[Any]):
    """What became of one report that was sent."""

    fact_id = serializers.CharField()
    status = serializers.ChoiceField(["created", "unchanged", "conflict", "rejected"])
    error = serializers.CharField(required=False)


class FactsAnswerSerializer(serializers.Serializer[Any]):
    counts = serializers.DictField(child=serializers.IntegerField())
    facts = FactAnswerSerializer(many=True)


class Facts(ListOnce):
    """Send up to 1,000 reports; each gets its own answer, in order.

    A report is idempotent by its `fact_id`, so a broken call is simply sent again. Of several
    reports about one fact the one with the latest `as_of` counts, whenever it came in.
    """

    permission_classes = [MayWriteFacts]

    @extend_schema(
        operation_id="send_facts",
        tags=["facts"],
        parameters=[KEY],
        request=FactSchema(many=True),
        responses={
            200: FactsAnswerSerializer,
            401: ProblemSerializer,
            403: ProblemSerializer,
            413: ProblemSerializer,
            422: ProblemSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        return self.answer(request, _take)


def _take(body: bytes) -> Answer:
    try:
        trees = facts_in(decode_json(body), at_most=MOST_FACTS)
    except Unusable as error:
        return Answer(refusal=Rejected(str(error)))
    answers = take_facts(trees)
    told = [
        {name: value for name, value in parts.items() if value or name != "error"}
        for parts in (
            {"fact_id": one.fact_id, "status": one.status, "error": one.error} for one in answers
        )
    ]
    return Answer(200, {"counts": Counter(one.status for one in answers), "facts": told})

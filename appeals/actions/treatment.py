"""A customer says whether they felt treated fairly; the last word counts."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.errors import BadInput, NotAllowed
from appeals.models import Appeal, TreatmentAnswer
from appeals.models.clarity import LONGEST_WORDS
from appeals.states import AppealState
from portal.models import Customer


def is_asked(appeal: Appeal) -> bool:
    """After our answer; of a guarded case, whose words are fixed, nobody is asked."""
    return appeal.state == AppealState.DECIDED and not appeal.is_restricted


@transaction.atomic
def say_whether_fair(*, appeal: Appeal, by: Customer, is_fair: bool, words: str) -> TreatmentAnswer:
    """Keep or change the answer about this appeal, as read in the current language."""
    if appeal.customer_id != by.pk or not is_asked(appeal):
        raise NotAllowed(_("You can tell us once your appeal is answered."))
    told = words.strip()
    if len(told) > LONGEST_WORDS:
        raise BadInput(_("Keep it to 500 characters."), field="words")
    answer, _is_new = TreatmentAnswer.objects.update_or_create(
        appeal=appeal,
        defaults={
            "customer": by,
            "is_fair": is_fair,
            "language": get_language() or "en",
            "words": told,
            "answered_at": timezone.now(),
        },
    )
    return answer

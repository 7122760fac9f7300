"""Work the portal hands off."""

from portal.lib.tasks import shared_task
from portal.sign_in.issuing import issue_code


@shared_task(name="portal.issue_sign_in_code", queue="urgent")
def issue_sign_in_code(code_id: int) -> None:
    issue_code(code_id)

"""Addresses of the customer's appeal, from its beginning to its answer."""

from django.urls import path

from appeals.views import (
    answering,
    appeal_tracking,
    appeal_wizard,
    representatives,
    sending,
    start,
    treatment,
)

urlpatterns = [
    path("decisions/<str:reference>/appeal/", start.start, name="start"),
    path("appeals/", appeal_tracking.show_appeals, name="appeals"),
    path("appeals/<str:reference>/", appeal_tracking.show_appeal, name="appeal"),
    path("appeals/<str:reference>/late/", appeal_wizard.late, name="late"),
    path("appeals/<str:reference>/reasons/", appeal_wizard.reasons, name="reasons"),
    path("appeals/<str:reference>/reasons/<int:rank>/", appeal_wizard.reason, name="reason"),
    path("appeals/<str:reference>/wish/", appeal_wizard.wish, name="wish"),
    path("appeals/<str:reference>/more/", appeal_wizard.more, name="more"),
    path("appeals/<str:reference>/check/", sending.check, name="check"),
    path("appeals/<str:reference>/receipt/", sending.receipt, name="receipt"),
    path("appeals/<str:reference>/answer/", answering.answer, name="answer"),
    path("appeals/<str:reference>/withdraw/", appeal_tracking.withdraw, name="withdraw"),
    path("appeals/<str:reference>/helper/", representatives.helper, name="helper"),
    path("appeals/<str:reference>/helper/end/", representatives.end, name="helper_end"),
    path(
        "appeals/<str:reference>/helper/finished/", representatives.finished, name="helper_finished"
    ),
    path("appeals/<str:reference>/treatment/", treatment.say_fair, name="say_fair"),
]

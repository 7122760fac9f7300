"""Addresses of the desk, inside the admin and before its own."""

from django.urls import URLPattern, URLResolver, include, path

from appeals.admin import (
    case,
    case_actions,
    case_marks,
    case_outcome,
    case_pages,
    case_presence,
    case_talk_actions,
    case_where_actions,
    catalogue_urls,
    desk,
    fairness,
    list_urls,
    looking_again,
    notice_calendar,
    quality,
    restores,
)

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("catalogue/", include(catalogue_urls.urlpatterns)),
    path("", include(fairness.urlpatterns)),
    path("", include(list_urls.urlpatterns)),
    path("", include(looking_again.urlpatterns)),
    path("", include(notice_calendar.urlpatterns)),
    path("", include(quality.urlpatterns)),
    path("", include(restores.urlpatterns)),
    path("cases/next/", desk.next_case, name="next"),
    path("cases/<str:reference>/", case.show_case, name="case"),
    path("cases/<str:reference>/claim/", case_actions.claim, name="claim"),
    path("cases/<str:reference>/release/", case_actions.release, name="release"),
    path("cases/<str:reference>/reassign/", case_actions.reassign, name="reassign"),
    path("cases/<str:reference>/pass-on/", case_actions.hand_over, name="pass_on"),
    path("cases/<str:reference>/recuse/", case_actions.recuse, name="recuse"),
    path("cases/<str:reference>/ask/", case_talk_actions.ask, name="ask"),
    path("cases/<str:reference>/note/", case_talk_actions.note, name="note"),
    path("cases/<str:reference>/clock/", case_talk_actions.clock, name="clock"),
    path("cases/<str:reference>/care/", case_where_actions.care, name="care"),
    path("cases/<str:reference>/move/", case_where_actions.move, name="move"),
    path("cases/<str:reference>/approve/", case_actions.approve, name="approve"),
    path("cases/<str:reference>/send-back/", case_actions.send_back, name="send_back"),
    path("cases/<str:reference>/renew/", case_actions.renew, name="renew"),
    path("cases/<str:reference>/preview/", case_outcome.preview, name="preview"),
    path("cases/<str:reference>/suggest/", case_actions.suggest, name="suggest"),
    path("cases/<str:reference>/looking/", case_presence.looking, name="looking"),
    path("cases/<str:reference>/history/", case_pages.history, name="history"),
    path("cases/<str:reference>/marks/", case_marks.place, name="mark"),
    path("cases/<str:reference>/marks/<int:key>/remove/", case_marks.remove, name="unmark"),
]

from django.urls import path

from appeals.api import decisions, facts, groups, payments, reading

app_name = "api"
urlpatterns = [
    path("line-decisions/", decisions.LineDecisions.as_view(), name="line-decisions"),
    path("line-decisions/batch/", decisions.LineDecisionBatch.as_view(), name="batch"),
    path("facts/", facts.Facts.as_view(), name="facts"),
    path("group-counts/", groups.GroupCounts.as_view(), name="group-counts"),
    path("payments/", payments.Payments.as_view(), name="payments"),
    path("customers/<str:customer>/lines/", reading.LineList.as_view(), name="lines"),
    path("customers/<str:customer>/decisions/", reading.DecisionList.as_view(), name="decisions"),
    path("customers/<str:customer>/notices/", reading.NoticeList.as_view(), name="notices"),
    path("customers/<str:customer>/appeals/", reading.AppealList.as_view(), name="appeals"),
]

"""Addresses of a customer's rights, and of what they asked us."""

from django.urls import path

from appeals.views import customer_requests, data_copies, rights_asking, rights_facts, rights_how

urlpatterns = [
    path("decisions/<str:reference>/how/", rights_how.show_how, name="how"),
    path("decisions/<str:reference>/ask/fact/", rights_facts.choose_fact, name="choose_fact"),
    path(
        "decisions/<str:reference>/ask/fact/<str:place>/",
        rights_facts.correct_fact,
        name="correct_fact",
    ),
    path("decisions/<str:reference>/ask/<slug:kind>/", rights_asking.ask, name="ask"),
    path("requests/", customer_requests.show_requests, name="requests"),
    path("requests/<str:reference>/", customer_requests.show_request, name="request"),
    path("requests/<str:reference>/received/", customer_requests.received, name="received"),
    path("your-data/", data_copies.show_copies, name="data_copies"),
]

from django.urls import path

from notifications import inbound, views, webhooks

app_name = "notifications"
urlpatterns = [
    path("push/on/", views.push_on, name="push_on"),
    path("push/off/", views.push_off, name="push_off"),
    path("messages/", views.messages_sent, name="messages"),
    path("messages/<uuid:public_id>/", views.message, name="message"),
    path("webhooks/twilio/<uuid:attempt_id>/", webhooks.twilio_status, name="twilio_status"),
    path("webhooks/twilio/inbound/", inbound.twilio_inbound, name="twilio_inbound"),
    path("webhooks/sendgrid/", webhooks.sendgrid_events, name="sendgrid_events"),
]

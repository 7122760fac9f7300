"""The API's description and a page to try it."""

from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

# Swagger UI writes style elements of its own; scripts stay ours.
try_it = csp_update({"style-src": ["'unsafe-inline'"], "img-src": ["data:"]})(
    SpectacularSwaggerSplitView.as_view(url_name="api-schema", permission_classes=[])
)

urlpatterns = [
    path("v1/schema/", SpectacularAPIView.as_view(permission_classes=[]), name="api-schema"),
    path("docs/", try_it, name="api-docs"),
]

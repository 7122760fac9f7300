"""Addresses of the papers."""

from django.urls import path

from appeals.views import evidence, evidence_files, evidence_receipts, other_ways, tus

urlpatterns = [
    path("appeals/<str:reference>/documents/", evidence.documents, name="documents"),
    path("appeals/<str:reference>/documents/upload/", evidence.upload, name="evidence_upload"),
    path("appeals/<str:reference>/documents/use/", evidence.use_held, name="evidence_use"),
    path("appeals/<str:reference>/documents/other-ways/", other_ways.show, name="other_ways"),
    path(
        "appeals/<str:reference>/documents/cover-sheet.pdf",
        other_ways.cover_sheet,
        name="cover_sheet",
    ),
    path("appeals/<str:reference>/uploads/", tus.uploads, name="uploads"),
    path("uploads/<uuid:public_id>/", tus.upload, name="upload"),
    path("uploads/<uuid:public_id>/stop/", evidence.stop, name="upload_stop"),
    path("evidence/<uuid:public_id>/", evidence_files.open_paper, name="evidence_open"),
    path(
        "evidence/<uuid:public_id>/page/<int:number>.png",
        evidence_files.page,
        name="evidence_page",
    ),
    path("evidence/<uuid:public_id>/download", evidence_files.download, name="evidence_download"),
    path("evidence/<uuid:public_id>/pass", evidence_files.fresh_pass, name="evidence_pass"),
    path(
        "evidence/<uuid:public_id>/receipt.pdf",
        evidence_receipts.receipt,
        name="evidence_receipt",
    ),
    path("evidence/<uuid:public_id>/label/", evidence.label, name="evidence_label"),
    path("evidence/<uuid:public_id>/remove/", evidence.remove, name="evidence_remove"),
]

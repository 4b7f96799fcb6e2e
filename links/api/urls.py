"""REST addresses of links, codes, campaigns, tags, batches and label sheets, below /api/v1/."""

from django.urls import path, re_path

from links.api import batches, campaigns, images, label_sheets, qr, styles, views
from links.studio.files import CONTENT_TYPES

urlpatterns = [
    path("links", views.LinkListView.as_view(), name="links"),
    path("links/<int:pk>", views.LinkView.as_view(), name="link"),
    path("links/<int:pk>/codes", views.CodeListView.as_view(), name="link-codes"),
    path("links/<int:pk>/revisions", views.RevisionListView.as_view(), name="link-revisions"),
    path("campaigns", campaigns.CampaignListView.as_view(), name="campaigns"),
    path("campaigns/<int:pk>", campaigns.CampaignView.as_view(), name="campaign"),
    path("tags", campaigns.TagListView.as_view(), name="tags"),
    path("tags/<int:pk>", campaigns.TagView.as_view(), name="tag"),
    path("batches", batches.BatchListView.as_view(), name="batches"),
    path("batches/<int:pk>", batches.BatchView.as_view(), name="batch"),
    path("batches/<int:pk>/file", batches.BatchFileView.as_view(), name="batch-file"),
    path("label-sheets", label_sheets.LabelSheetListView.as_view(), name="label-sheets"),
    path("codes/<int:pk>", views.CodeView.as_view(), name="code"),
    path("codes/<int:pk>/certificate", images.CodeCertificateView.as_view(), name="code-certificate"),
    re_path(
        rf"^codes/(?P<pk>[0-9]+)/image\.(?P<extension>{'|'.join(CONTENT_TYPES)})$",
        images.CodeImageView.as_view(),
        name="code-image",
    ),
    path("styles", styles.StyleListView.as_view(), name="styles"),
    path("styles/<int:pk>", styles.StyleView.as_view(), name="style"),
    path("qr", qr.StaticCodeView.as_view(), name="qr"),
    path("qr/certificate", qr.StaticCertificateView.as_view(), name="qr-certificate"),
]

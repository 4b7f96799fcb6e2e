"""Dashboard pages of links, codes, campaigns and tags, below /w/<workspace>/."""

from django.urls import path

from links import campaign_views, views
from links.hosted import views as hosted
from links.studio import code_views, static_views
from links.studio import views as studio

app_name = "links"
urlpatterns = [
    path("links", views.list_links, name="list"),
    path("links/new", views.create_link, name="create"),
    path("links/new/<slug:kind>", hosted.create_hosted, name="create-hosted"),
    path("links/assign", campaign_views.assign_links, name="assign"),
    path("links/counts", views.refresh_counts, name="counts"),
    path("links/<int:pk>", views.show_link, name="detail"),
    path("links/<int:pk>/edit", views.edit_link, name="edit"),
    path("links/<int:pk>/edit/<slug:kind>", hosted.edit_hosted, name="edit-hosted"),
    path("links/<int:pk>/page", hosted.show_page, name="page"),
    path("links/<int:pk>/verdict", views.refresh_verdict, name="verdict"),
    path("links/<int:pk>/codes", views.add_code, name="add-code"),
    *(path(f"links/<int:pk>/{step}", views.confirm_step, {"step": step}, name=step) for step in views.STEPS),
    path("codes/<int:pk>/edit", views.edit_code, name="edit-code"),
    path("codes/<int:pk>/picture", code_views.show_picture, name="picture"),
    path("codes/<int:pk>/picture/file", code_views.download_picture, name="picture-file"),
    path("styles", studio.list_styles, name="styles"),
    path("styles/new", studio.create_style, name="new-style"),
    path("styles/static", static_views.static_code, name="static-code"),
    path("styles/preview", studio.preview_style, name="preview-style"),
    path("styles/<int:pk>", studio.edit_style, name="style"),
    path("styles/<int:pk>/delete", studio.delete_style, name="delete-style"),
    path("campaigns", campaign_views.list_campaigns, name="campaigns"),
    path("campaigns/<int:pk>", campaign_views.show_campaign, name="campaign"),
    path("campaigns/<int:pk>/rename", campaign_views.rename_campaign, name="rename-campaign"),
    path("campaigns/<int:pk>/delete", campaign_views.delete_campaign, name="delete-campaign"),
    path("tags", campaign_views.list_tags, name="tags"),
    path("tags/<int:pk>/rename", campaign_views.rename_tag, name="rename-tag"),
    path("tags/<int:pk>/delete", campaign_views.delete_tag, name="delete-tag"),
]

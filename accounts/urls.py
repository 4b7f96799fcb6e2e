"""Choosing a workspace, its settings and its API keys: everything that begins with /w and is not about links."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.choose_workspace, name="workspaces"),
    path("/<slug:workspace>", views.open_workspace, name="workspace"),
    path("/<slug:workspace>/settings", views.edit_settings, name="settings"),
    path("/<slug:workspace>/keys", views.list_keys, name="keys"),
    path("/<slug:workspace>/keys/<int:key_id>/revoke", views.revoke_key, name="revoke-key"),
]

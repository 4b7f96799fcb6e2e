"""Dashboard pages of links and codes, below /w/<workspace>/."""

from django.urls import path

from links import views

app_name = "links"
urlpatterns = [
    path("links", views.list_links, name="list"),
    path("links/new", views.create_link, name="create"),
    path("links/counts", views.refresh_counts, name="counts"),
    path("links/<int:pk>", views.show_link, name="detail"),
    path("links/<int:pk>/edit", views.edit_link, name="edit"),
    path("links/<int:pk>/verdict", views.refresh_verdict, name="verdict"),
    path("links/<int:pk>/codes", views.add_code, name="add-code"),
    *(path(f"links/<int:pk>/{step}", views.confirm_step, {"step": step}, name=step) for step in views.STEPS),
    path("codes/<int:pk>/edit", views.edit_code, name="edit-code"),
]

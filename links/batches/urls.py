"""Dashboard pages of batches, below /w/<workspace>/."""

from django.urls import path

from links.batches import views

app_name = "batches"
urlpatterns = [
    path("batches", views.batches, name="list"),
    path("batches/sheet", views.preview_sheet, name="sheet"),
    path("batches/<int:pk>/progress", views.refresh_batch, name="progress"),
    path("batches/<int:pk>/remove", views.remove, name="remove"),
    path("batches/<int:pk>/download", views.download, name="download"),
]

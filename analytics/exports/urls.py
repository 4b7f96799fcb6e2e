"""Dashboard pages of exports, below /w/<workspace>/."""

from django.urls import path

from analytics.exports import views

app_name = "exports"
urlpatterns = [
    path("exports", views.exports, name="list"),
    path("exports/<int:pk>/progress", views.refresh_export, name="progress"),
    path("exports/<int:pk>/remove", views.remove, name="remove"),
    path("exports/<int:pk>/file", views.download, name="file"),
]

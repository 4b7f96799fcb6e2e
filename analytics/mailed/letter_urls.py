"""What mails lead to, below /w/~/mail/."""

from django.urls import path

from analytics.mailed import letters

app_name = "mailed"
urlpatterns = [
    path("<str:token>/unsubscribe", letters.stop, name="unsubscribe"),
    path("<str:token>/confirm", letters.accept, name="confirm"),
]

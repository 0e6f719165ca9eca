"""The console's addresses."""

from django.urls import path

from .views import signing

app_name = "console"
urlpatterns = [
    path("sign-in", signing.sign_in, name="sign_in"),
    path("sign-out", signing.sign_out, name="sign_out"),
    path("password", signing.password, name="password"),
]

"""Addresses of the gateway to WeChat."""

from django.urls import path

from . import views

app_name = "wechat"
urlpatterns = [path("js-config", views.js_config, name="js_config")]

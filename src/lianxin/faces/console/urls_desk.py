"""Addresses of what a seat works with: acts on many, views, templates, calls, the box that finds."""

from django.urls import path

from .views import batch, calls, find, reply_templates, saved_views, seat

urlpatterns = [
    path("seat/queue", seat.seat_queue, name="seat_queue"),
    path("seat/looking", seat.looking, name="looking"),
    path("batch", batch.preview, name="batch"),
    path("batch/do", batch.do, name="batch_do"),
    path("find", find.find, name="find"),
    path("find/phone", find.by_phone, name="by_phone"),
    path("views", saved_views.views, name="views"),
    path("views/save", saved_views.view_save, name="view_save"),
    path("views/<uuid:key>", saved_views.view, name="view"),
    path("views/<uuid:key>/edit", saved_views.view_edit, name="view_edit"),
    path("views/<uuid:key>/delete", saved_views.view_delete, name="view_delete"),
    path("views/<uuid:key>/use", saved_views.view_use, name="view_use"),
    path("templates", reply_templates.reply_templates, name="reply_templates"),
    path("templates/add", reply_templates.template_add, name="template_add"),
    path("templates/<uuid:key>", reply_templates.template_edit, name="template_edit"),
    path("templates/<uuid:key>/end", reply_templates.template_end, name="template_end"),
    path("calls", calls.my_calls, name="calls"),
    path("calls/dock", calls.call_dock, name="call_dock"),
    path("calls/<uuid:key>", calls.call_save, name="call_save"),
    path("calls/<uuid:key>/end", calls.call_end, name="call_end"),
]

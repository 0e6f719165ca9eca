"""Addresses of the data itself: fields and owners, conflicts, requests and load, quality, exports."""

from django.urls import path

from .views import asks, conflicts, exports, quality, requests, retention, sources

urlpatterns = [
    path("fields/", sources.fields, name="fields"),
    path("fields/<str:code>/", sources.field, name="field"),
    path("fields/<str:code>/amend", sources.amend, name="field_amend"),
    path("deliveries/", sources.deliveries, name="deliveries"),
    path("conflicts/", conflicts.conflicts, name="conflicts"),
    path("conflicts/<int:pk>/", conflicts.conflict, name="conflict"),
    path("conflicts/<int:pk>/look", conflicts.look, name="conflict_look"),
    path("asks/", asks.asks, name="asks"),
    path("asks/<uuid:key>/", asks.ask, name="ask"),
    path("asks/<uuid:key>/look", asks.look, name="ask_look"),
    path("retention/", retention.periods, name="retention"),
    path("requests/", requests.requests, name="requests"),
    path("requests/add", requests.add, name="request_add"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/<int:pk>/decide", requests.decide, name="request_decide"),
    path("requests/<int:pk>/withdraw", requests.withdraw, name="request_withdraw"),
    path("requests/<int:pk>/abstain", requests.abstain, name="request_abstain"),
    path("requests/<int:pk>/take-on", requests.take_on, name="request_take_on"),
    path("load/", requests.load_page, name="load"),
    path("quality/", quality.board, name="quality"),
    path("quality/run", quality.run, name="quality_run"),
    path("quality/tasks/", quality.tasks, name="quality_tasks"),
    path("quality/tasks/<int:pk>/", quality.task, name="quality_task"),
    path("quality/tasks/<int:pk>/withdraw", quality.withdraw, name="quality_task_withdraw"),
    path("quality/check/<slug:check>/", quality.findings, name="findings"),
    path("quality/check/<slug:check>/assign", quality.assign, name="quality_assign"),
    path("exports/", exports.exports, name="exports"),
    path("exports/add", exports.add, name="export_add"),
    path("exports/<uuid:key>/", exports.export, name="export"),
    path("exports/<uuid:key>/decide", exports.decide, name="export_decide"),
    path("exports/<uuid:key>/cancel", exports.cancel, name="export_cancel"),
    path("exports/<uuid:key>/file", exports.file, name="export_file"),
]

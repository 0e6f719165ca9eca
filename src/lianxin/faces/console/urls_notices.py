"""Addresses of what is told: notices, their receipts and questions, stations, one's own month and appeals."""

from django.urls import path

from .views import months, notices, notices_questions, notices_read, stations

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/add", notices.add, name="notice_add"),
    path("notices/in/", notices_read.received, name="notices_in"),
    path("notices/in/<uuid:key>", notices_read.reading, name="notice_in"),
    path("notices/in/<uuid:key>/confirm", notices_read.confirm, name="notice_confirm"),
    path("notices/questions/", notices_questions.questions, name="questions"),
    path("notices/questions/<uuid:key>", notices_questions.question, name="question"),
    path("notices/<uuid:key>/", notices.notice, name="notice"),
    path("notices/<uuid:key>/edit", notices.edit, name="notice_edit"),
    path("notices/<uuid:key>/publish", notices.publish, name="notice_publish"),
    path("notices/<uuid:key>/approve", notices.approve, name="notice_approve"),
    path("notices/<uuid:key>/back", notices.send_back, name="notice_back"),
    path("notices/<uuid:key>/amend", notices.amend, name="notice_amend"),
    path("notices/<uuid:key>/withdraw", notices.withdraw, name="notice_withdraw"),
    path("notices/<uuid:key>/remind", notices.remind, name="notice_remind"),
    path("notices/<uuid:key>/receipts", notices.receipts, name="notice_receipts"),
    path("stations/", stations.stations, name="stations"),
    path("stations/add", stations.add, name="station_add"),
    path("stations/<uuid:key>/", stations.station, name="station"),
    path("stations/<uuid:key>/edit", stations.edit, name="station_edit"),
    path("stations/<uuid:key>/pause", stations.pause, name="station_pause"),
    path("stations/<uuid:key>/close", stations.close, name="station_close"),
    path("me/month", months.month, name="month"),
    path("me/month/appeal", months.appeal, name="month_appeal"),
    path("appeals/", months.appeals, name="appeals"),
    path("appeals/<uuid:key>", months.one_appeal, name="appeal"),
]

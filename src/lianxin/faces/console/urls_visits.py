"""Addresses of visits (走访、民情日记) and signs of life (平安信号). No name, no word of a visit stands in one."""

from django.urls import path

from .views import visit_signs, visits, visits_write

urlpatterns = [
    path("", visits.diary, name="visits"),
    path("due", visits.due, name="visits_due"),
    path("proposals", visits.proposals, name="visit_proposals"),
    path("proposals/<uuid:key>/decline", visits.decline, name="visit_decline"),
    path("add/<uuid:key>", visits_write.add, name="visit_add"),
    path("<uuid:key>/", visits.visit, name="visit"),
    path("<uuid:key>/amend", visits_write.amend, name="visit_amend"),
    path("<uuid:key>/follow", visits.follow, name="visit_follow"),
    path("signs", visit_signs.signs, name="signs"),
    path("signs/add/<uuid:key>", visit_signs.add, name="sign_add"),
    path("signs/<uuid:key>", visit_signs.sign, name="sign"),
    path("signs/<uuid:key>/answer", visit_signs.answer, name="sign_answer"),
    path("signs/<uuid:key>/amend", visit_signs.amend, name="sign_amend"),
    path("signs/<uuid:key>/pause", visit_signs.pause, name="sign_pause"),
    path("signs/<uuid:key>/stop", visit_signs.stop, name="sign_stop"),
]

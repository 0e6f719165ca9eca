"""Addresses of alarms and their rules."""

from django.urls import path

from .views import alarm_rules, alarms

urlpatterns = [
    path("", alarms.board, name="alarms"),
    path("rules/", alarm_rules.listing, name="alarm_rules"),
    path("rules/add", alarm_rules.add, name="alarm_rule_add"),
    path("rules/preview", alarm_rules.preview, name="alarm_rule_preview"),
    path("rules/<uuid:key>/", alarm_rules.rule, name="alarm_rule"),
    path("rules/<uuid:key>/edit", alarm_rules.edit, name="alarm_rule_edit"),
    path("rules/<uuid:key>/try", alarm_rules.try_it, name="alarm_rule_try"),
    path("rules/<uuid:key>/trials/<uuid:trial_key>", alarm_rules.trial, name="alarm_trial"),
    path("rules/<uuid:key>/publish", alarm_rules.publish, name="alarm_rule_publish"),
    path("rules/<uuid:key>/off", alarm_rules.switch_off, name="alarm_rule_off"),
    path("rules/<uuid:key>/on", alarm_rules.switch_on, name="alarm_rule_on"),
    path("rules/<uuid:key>/discard", alarm_rules.discard, name="alarm_rule_discard"),
    path("<uuid:key>", alarms.alarm, name="alarm"),
    path("<uuid:key>/acknowledge", alarms.acknowledge, name="alarm_acknowledge"),
    path("<uuid:key>/dismiss", alarms.dismiss, name="alarm_dismiss"),
    path("<uuid:key>/mute", alarms.mute, name="alarm_mute"),
    path("<uuid:key>/mutes/<uuid:mute_key>/lift", alarms.unmute, name="alarm_unmute"),
]

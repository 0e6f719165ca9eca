"""Addresses of the wish mailbox's desk."""

from django.urls import path

from .views import wishes

urlpatterns = [
    path("", wishes.queue, name="wishes"),
    path("<uuid:key>", wishes.letter, name="wish"),
    path("<uuid:key>/take", wishes.take, name="wish_take"),
    path("<uuid:key>/decline", wishes.decline, name="wish_decline"),
    path("<uuid:key>/reply", wishes.reply, name="wish_reply"),
    path("<uuid:key>/relay", wishes.relay, name="wish_relay"),
    path("<uuid:key>/invite", wishes.invite, name="wish_invite"),
    path("<uuid:key>/case", wishes.ask_case, name="wish_case"),
    path("<uuid:key>/hand-over", wishes.hand_over, name="wish_hand_over"),
    path("<uuid:key>/drop", wishes.drop, name="wish_drop"),
    path("<uuid:key>/settle", wishes.settle, name="wish_settle"),
    path("<uuid:key>/files/<uuid:file>", wishes.enclosure, name="wish_file"),
]

"""The residents' addresses."""

from django.urls import path

from .story import ACTS
from .views import cards, codes, data, following, home, me, notices, report, settling, stations, wishes

app_name = "resident"
urlpatterns = [
    path("", home.home, name="home"),
    path("services", home.services, name="services"),
    path("place", settling.place, name="place"),
    path("elder", settling.elder, name="elder"),
    path("report", report.report, name="report"),
    path("report/nearby", report.nearby, name="nearby"),
    path("report/<number>/sent", report.sent, name="sent"),
    path("follow", following.follow, name="follow"),
    path("follow/<number>", following.case, name="case"),
    path("follow/<number>/rate", following.rate, name="rate"),
    *(path(f"follow/<number>/{name}", following.act, {"name": name}) for name in ACTS if name != "evaluate"),
    path("c/<token>", cards.card, name="card"),
    path("c/<token>/<shape>.jpg", cards.picture, name="card_picture"),
    path("here/<code>", codes.here, name="here"),
    path("wishes", wishes.mailbox, name="wishes"),
    path("wishes/write", wishes.write, name="wish_write"),
    path("wishes/<number>", wishes.wish, name="wish"),
    path("wishes/<number>/sent", wishes.sent, name="wish_sent"),
    path("wishes/<number>/files/<uuid:key>", wishes.enclosure, name="wish_file"),
    *(path(f"wishes/<number>/{name}", wishes.act, {"name": name}) for name in wishes.ACTS),
    path("notices", notices.notices, name="notices"),
    path("notices/<uuid:key>", notices.notice, name="notice"),
    path("notices/<uuid:key>/ask", notices.ask, name="notice_ask"),
    path("stations", stations.stations, name="stations"),
    path("stations/<uuid:key>", stations.station, name="station"),
    path("me", me.me, name="me"),
    path("me/code", me.code, name="code"),
    path("me/sign-in", me.sign_in, name="sign_in"),
    path("me/sign-out", me.sign_out, name="sign_out"),
    path("me/data", data.data, name="data"),
    path("me/data/claim", data.claim, name="data_claim"),
    path("me/data/ask", data.ask, name="data_ask"),
    path("me/data/consent", data.consent, name="data_consent"),
    path("me/data/copy", data.copy, name="data_copy"),
    path("me/data/unlink", data.unlink, name="data_unlink"),
    path("me/devices", me.devices, name="devices"),
    path("me/devices/<session_id>/end", me.end_device, name="end_device"),
    path("me/messages", me.messages, name="messages"),
    path("me/messages/read", me.read_all, name="read_all"),
]

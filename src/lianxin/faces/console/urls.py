"""The console's addresses."""

from django.urls import include, path

from .views import acts, cases, entry, inbox, me, pieces, seat, signing, work

app_name = "console"
urlpatterns = [
    path("", work.work, name="home"),
    path("sign-in", signing.sign_in, name="sign_in"),
    path("sign-out", signing.sign_out, name="sign_out"),
    path("password", signing.password, name="password"),
    path("work", work.work, name="work"),
    path("seat", seat.seat, name="seat"),
    path("seat/<str:number>/after", seat.after, name="after"),
    path("seat/<str:number>/file-and-dispatch", seat.file_and_dispatch, name="file_and_dispatch"),
    path("cases", cases.cases, name="cases"),
    path("cases/<str:number>", cases.case, name="case"),
    path("cases/<str:number>/here", pieces.here, name="here"),
    path("cases/<str:number>/reveal", pieces.reveal, name="reveal"),
    path("cases/<str:number>/areas.geojson", pieces.map_areas, name="map_areas"),
    path("cases/<str:number>/points.geojson", pieces.map_points, name="map_points"),
    path("cases/<str:number>/photos", acts.photos, name="photos"),
    path("cases/<str:number>/undo", acts.undo, name="undo"),
    path("cases/<str:number>/compare/<str:other>", seat.compare, name="compare"),
    path("cases/<str:number>/do/<slug:act>", acts.act, name="act"),
    path("entry", entry.entry, name="entry"),
    path("entry/proposal", entry.proposal, name="proposal"),
    path("entry/earlier", entry.earlier, name="earlier"),
    path("entry/areas.geojson", pieces.entry_areas, name="entry_areas"),
    path("entry/<str:number>", entry.entered, name="entered"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/read", inbox.read_all, name="read_all"),
    path("inbox/<int:message_id>", inbox.open_message, name="open_message"),
    path("me", me.me, name="me"),
    path("me/sessions/<int:session_id>", me.revoke, name="revoke"),
    path("base/", include("lianxin.faces.console.urls_base")),
    path("command/", include("lianxin.faces.console.urls_command")),
    path("data/", include("lianxin.faces.console.urls_data")),
    path("map/", include("lianxin.faces.console.urls_map")),
    path("statistics/", include("lianxin.faces.console.urls_statistics")),
    path("visits/", include("lianxin.faces.console.urls_visits")),
    path("patrols/", include("lianxin.faces.console.urls_patrols")),
    path("posters/", include("lianxin.faces.console.urls_posters")),
    path("wishes/", include("lianxin.faces.console.urls_wishes")),
    path("imports/", include("lianxin.faces.console.urls_imports")),
    path("", include("lianxin.faces.console.urls_notices")),
    path("", include("lianxin.faces.console.urls_manage")),
]

"""Every address of the product and who may pass it. A new address without a line here fails the test."""

from alarm_doors import ALARMS
from base_doors import BASE
from camera_doors import CAMERAS
from command_doors import COMMAND
from component_doors import COMPONENTS
from console_doors import CONSOLE
from data_doors import DATA
from desk_doors import DESK
from door import ALL, INSIDE, SIGNED_IN, STAFF, Door, act, of_case, signed_in, who_may
from import_doors import IMPORTS
from leading_doors import LEADING
from manage_doors import MANAGE
from map_doors import MAP
from notice_doors import NOTICES
from patrol_doors import PATROLS
from screen_doors import BIG_SCREEN
from sensor_doors import SENSORS
from table_doors import TABLES
from visit_doors import VISITS
from warning_doors import WARNINGS
from wish_doors import WISHES
from worker_doors import WORKER

V1 = "api/v1/"
ELSEWHERE = "^api(?:/.*)?$"
NOTHING = Door(may=frozenset(), hidden=ALL)
CASE = f"{V1}cases/<number>"
_CARD = {"token": "AAAAAAAAAAAAAAAAAAAAAAAA", "shape": "wide"}

DOORS: dict[tuple[str, str], Door] = {
    ("GET", "healthz"): Door(),
    ("GET", "readyz"): Door(),
    ("GET", f"{V1}openapi.json"): Door(),
    ("GET", V1): NOTHING,
    ("POST", V1): NOTHING,
    ("GET", ELSEWHERE): NOTHING,
    ("POST", ELSEWHERE): NOTHING,
    # Residents: pages for everybody. Of a report, who did not make it is asked for number and phone, or sent to be
    # asked; that these pages then say nothing of it is tested in tests/faces/resident/test_privacy.py.
    ("GET", ""): Door(),
    ("GET", "services"): NOTHING,
    ("GET", "place"): Door(),
    ("POST", "place"): Door(),
    ("POST", "elder"): Door(),
    ("GET", "report"): Door(),
    ("POST", "report"): Door(),
    ("GET", "report/nearby"): Door(),
    ("GET", "report/<number>/sent"): Door(),
    ("GET", "follow"): Door(),
    ("POST", "follow"): Door(),
    ("GET", "follow/link/<key>"): NOTHING,
    ("GET", "follow/<number>"): Door(),
    ("GET", "follow/<number>/rate"): Door(),
    ("POST", "follow/<number>/rate"): Door(),
    **{
        ("POST", f"follow/<number>/{name}"): Door() for name in ("add", "urge", "thank", "withdraw", "reopen", "appeal")
    },
    # Cards and codes: there is no thing behind these; WeChat is not switched on.
    ("GET", "c/<token>"): Door(may=frozenset(), hidden=ALL, values=_CARD),
    ("GET", "c/<token>/<shape>.jpg"): Door(may=frozenset(), hidden=ALL, values=_CARD),
    ("GET", "here/<code>"): Door(values={"code": "340881001001"}),
    ("GET", "wechat/js-config"): NOTHING,
    # Letters: who stands on no side of one is asked for number and proof, or sent to be asked.
    ("GET", "wishes"): Door(),
    ("POST", "wishes"): Door(),
    ("GET", "wishes/write"): Door(),
    ("POST", "wishes/write"): Door(),
    ("GET", "wishes/<number>"): Door(),
    ("GET", "wishes/<number>/sent"): Door(),
    ("GET", "wishes/<number>/files/<uuid:key>"): NOTHING,
    **{
        ("POST", f"wishes/<number>/{name}"): Door()
        for name in ("say", "agree", "refuse", "rate", "reopen", "withdraw", "leave")
    },
    ("GET", "me"): Door(),
    ("GET", "me/code"): Door(),
    ("POST", "me/code"): Door(),
    ("GET", "me/sign-in"): Door(),
    ("POST", "me/sign-in"): Door(),
    ("POST", "me/sign-out"): Door(),
    # Their own data: who has not proved which file is theirs is asked for it; acts say that there is none.
    ("GET", "me/data"): signed_in(refused=frozenset({302})),
    ("POST", "me/data/claim"): signed_in(refused=frozenset({302})),
    **{
        (method, f"me/data/{name}"): Door(may=frozenset(), hidden=SIGNED_IN, refused=frozenset({302}))
        for method, name in (
            ("GET", "ask"),
            ("POST", "ask"),
            ("POST", "consent"),
            ("POST", "copy"),
            ("POST", "unlink"),
        )
    },
    ("GET", "me/devices"): signed_in(refused=frozenset({302})),
    ("POST", "me/devices/<session_id>/end"): Door(
        may=frozenset({"seat"}), hidden=SIGNED_IN - {"seat"}, refused=frozenset({302})
    ),
    ("GET", "me/messages"): signed_in(refused=frozenset({302})),
    ("POST", "me/messages/read"): signed_in(refused=frozenset({302})),
    # Reports.
    ("POST", f"{V1}reports"): Door(body={"text": "路灯不亮"}, headers={"Idempotency-Key": "{uuid}"}),
    ("GET", f"{V1}reports"): signed_in(),
    ("GET", f"{V1}reports/<number>"): of_case(),
    # 404 says that number and phone do not fit together; nobody is let in by who they are.
    ("POST", f"{V1}tracking"): Door(may=frozenset(), hidden=ALL, body={"number": "1", "phone": "13800000000"}),
    # A worker's device: each record and each section asks for what it needs.
    ("POST", f"{V1}sync"): Door(may=STAFF, body={"device_now": "2026-11-22T08:00:00+08:00", "records": []}),
    ("GET", f"{V1}pack"): Door(may=STAFF),
    # Departments push what they own. A record nobody knows is refused in the answer, not by it.
    ("POST", f"{V1}push/<subject>"): Door(
        may=who_may("sources.push"),
        refused=frozenset({401, 403}),
        values={"subject": "person"},
        body={
            "name": "名册",
            "at": "2026-11-01T00:00:00Z",
            "records": [
                {"id": "{uuid}", "find": {"id_number": "11010519491231002X"}, "values": {"sex": "男"}},
            ],
        },
    ),
    ("GET", f"{V1}fields"): signed_in(),
    # Cases.
    ("GET", f"{V1}cases"): Door(may=who_may("cases.view")),
    ("GET", f"{V1}cases/counts"): Door(may=who_may("cases.view")),
    ("GET", CASE): of_case(INSIDE),
    ("GET", f"{CASE}/trace"): of_case(INSIDE),
    ("GET", f"{CASE}/acts"): of_case(),
    ("GET", f"{CASE}/similar"): of_case(INSIDE),
    ("GET", f"{CASE}/files"): of_case(),
    ("POST", f"{CASE}/files"): of_case(INSIDE, body={"files": ["{uuid}"]}),
    # Acts while the unit handles it: reported by `resident`, held by the city, led by 市城管局.
    ("POST", f"{CASE}/place"): act("seat", point={"lon": 117.01, "lat": 31.01}),
    ("POST", f"{CASE}/check"): act("seat verifier"),
    ("POST", f"{CASE}/report_check"): act(
        "grid_worker community_clerk street_seat seat verifier", passed=True, note="属实"
    ),
    ("POST", f"{CASE}/answer"): act("seat", note="答复"),
    ("POST", f"{CASE}/resolve_on_spot"): act("grid_worker community_clerk street_seat seat", note="办好了"),
    ("POST", f"{CASE}/file"): act("seat"),
    ("POST", f"{CASE}/dispatch"): act("seat", lead={"unit": "cgj"}),
    ("POST", f"{CASE}/rule"): act("supervisor", lead={"unit": "cgj"}, note="裁定"),
    ("POST", f"{CASE}/accept"): act("handler"),
    ("POST", f"{CASE}/contact"): act("handler", note="打过电话"),
    ("POST", f"{CASE}/assign"): act("handler", crew="一队"),
    ("POST", f"{CASE}/progress"): act("handler", note="在修"),
    ("POST", f"{CASE}/handle"): act("handler", note="修好了"),
    ("POST", f"{CASE}/ask_extension"): act("handler", more={"value": 1, "unit": "work_day"}, note="缺料"),
    ("POST", f"{CASE}/ask_postponement"): act("handler", review_at="2030-01-01", note="下雪"),
    ("POST", f"{CASE}/ask_suspension"): act("handler", review_at="2030-01-01", note="缺资金"),
    ("POST", f"{CASE}/approve"): act("supervisor"),
    ("POST", f"{CASE}/refuse"): act("supervisor", note="不行"),
    ("POST", f"{CASE}/forward"): act("supervisor", post=1),
    ("POST", f"{CASE}/resume"): act("supervisor"),
    ("POST", f"{CASE}/return"): act("handler", reason="not_ours", note="不归我们"),
    ("POST", f"{CASE}/recall"): act("seat"),
    ("POST", f"{CASE}/add_assist"): act("seat", assists=[{"unit": "zjj"}]),
    ("POST", f"{CASE}/verify"): act("verifier"),
    ("POST", f"{CASE}/rework"): act("verifier", note="没修好"),
    ("POST", f"{CASE}/close"): act("street_seat seat"),
    ("POST", f"{CASE}/decline"): act("seat", reason="repeated"),
    ("POST", f"{CASE}/refer"): act("seat", reason="110"),
    ("POST", f"{CASE}/merge"): act("community_clerk street_seat seat", into="{other}"),
    ("POST", f"{CASE}/unmerge"): act("community_clerk street_seat seat"),
    ("POST", f"{CASE}/split"): act("seat", parts=[{"title": "甲"}, {"title": "乙"}]),
    ("POST", f"{CASE}/amend"): act("seat", title="更正"),
    ("POST", f"{CASE}/escalate"): act("seat", note="上报"),
    ("POST", f"{CASE}/delegate"): act("seat"),
    ("POST", f"{CASE}/whistle"): act("community_clerk street_seat seat", units=["zjj"], note="来"),
    ("POST", f"{CASE}/report_in"): act(""),
    ("POST", f"{CASE}/nudge"): act("community_clerk street_seat seat"),
    ("POST", f"{CASE}/consult"): act("grid_worker community_clerk street_seat seat", note="会商"),
    ("POST", f"{CASE}/rate"): act("community_clerk street_seat seat", stars={"cgj": 5}),
    ("POST", f"{CASE}/supervise"): act("supervisor leader", note="抓紧"),
    ("POST", f"{CASE}/answer_supervision"): act(
        "grid_worker community_clerk street_seat seat supervisor handler verifier leader", note="已答复"
    ),
    ("POST", f"{CASE}/hand_over"): act("supervisor leader", level="street", note="请街道办"),
    ("POST", f"{CASE}/force_close"): act("supervisor", reason="decided", note="上级决定"),
    ("POST", f"{CASE}/void"): act("supervisor", reason="mistake", note="误立"),
    ("POST", f"{CASE}/call_back"): act("community_clerk street_seat seat", solved="solved", satisfaction="satisfied"),
    ("POST", f"{CASE}/reopen"): act("resident community_clerk street_seat seat supervisor", note="又坏了"),
    ("POST", f"{CASE}/appeal"): act("resident", note="不服"),
    ("POST", f"{CASE}/add"): act("resident", note="补充"),
    ("POST", f"{CASE}/urge"): act("resident"),
    ("POST", f"{CASE}/thank"): act("resident"),
    ("POST", f"{CASE}/withdraw"): act("resident"),
    ("POST", f"{CASE}/evaluate"): act("resident", stars=5),
    ("POST", f"{CASE}/annotate"): act(
        "grid_worker community_clerk street_seat seat supervisor handler verifier leader", note="备注"
    ),
    ("POST", f"{CASE}/reply"): act("community_clerk street_seat seat", note="在办"),
    # Files: `photo` shows the place, `paper` may name people, `upload` is the resident's and not finished.
    ("POST", f"{V1}files"): Door(body={"kind": "photo", "size": 10}),
    ("GET", f"{V1}files/<key>"): of_case(),
    ("GET", f"{V1}files/<key>/thumb"): of_case(),
    ("HEAD", f"{V1}files/<key>"): Door(may=frozenset({"resident"}), hidden=ALL - {"resident"}, file="upload"),
    ("PATCH", f"{V1}files/<key>"): Door(
        may=frozenset({"resident"}),
        hidden=ALL - {"resident"},
        file="upload",
        raw=b"abc",
        headers={"Upload-Offset": "0"},
    ),
    # Places and catalogues.
    ("GET", f"{V1}areas"): Door(),
    ("GET", f"{V1}areas.geojson"): Door(query="below=340881"),
    ("GET", f"{V1}locate"): Door(query="lon=117.01&lat=31.01"),
    ("GET", f"{V1}categories"): Door(),
    ("GET", f"{V1}standards"): signed_in(query="category=0101"),
    ("GET", f"{V1}units"): signed_in(),
    ("GET", f"{V1}responsibility"): signed_in(query="category=0101&area=340881001"),
    # Accounts. The session of the address is the seat's, the token the admin's.
    ("POST", f"{V1}sign-in"): Door(body={"username": "nobody", "password": "wrong password"}),
    ("POST", f"{V1}phone-codes"): Door(body={"phone": "13800000000"}),
    ("POST", f"{V1}phone-sign-in"): Door(body={"phone": "13800000000", "code": "000000"}),
    ("POST", f"{V1}sign-out"): signed_in(),
    ("GET", f"{V1}me"): Door(),
    ("POST", f"{V1}me/password"): Door(may=STAFF, body={"old": "a", "new": "b"}),
    ("GET", f"{V1}sessions"): signed_in(),
    ("DELETE", f"{V1}sessions/<session_id>"): Door(
        may=frozenset({"seat", "admin"}), hidden=SIGNED_IN - {"seat", "admin"}
    ),
    ("GET", f"{V1}tokens"): signed_in(),
    ("POST", f"{V1}tokens"): Door(may=frozenset({"admin"}), body={"name": "测试", "scopes": ["cases.view"]}),
    ("DELETE", f"{V1}tokens/<token_id>"): Door(may=frozenset({"admin"}), hidden=SIGNED_IN - {"admin"}),
    ("GET", f"{V1}inbox"): signed_in(),
    ("POST", f"{V1}inbox/read"): signed_in(body={}),
    # Oversight.
    ("POST", f"{V1}dispatch/propose"): Door(may=who_may("cases.view"), body={"text": "路灯不亮"}),
    ("GET", f"{V1}dispatch/shadow"): Door(may=who_may("dispatch.view_report")),
    ("GET", f"{V1}audit"): Door(may=frozenset({"auditor"})),
    ("GET", f"{V1}feed"): Door(may=who_may("cases.view")),
    **CONSOLE,
    **BASE,
    **ALARMS,
    **CAMERAS,
    **SENSORS,
    **IMPORTS,
    **MANAGE,
    **WORKER,
    **BIG_SCREEN,
    **DATA,
    **TABLES,
    **DESK,
    **VISITS,
    **MAP,
    **NOTICES,
    **PATROLS,
    **WISHES,
    **WARNINGS,
    **LEADING,
    **COMMAND,
    **COMPONENTS,
}

"""Addresses of dispatch days and leaders' liaison."""

from django.urls import path

from .views import dispatch_days as days
from .views import dispatch_days_items as items
from .views import dispatch_days_live as live
from .views import dispatch_days_record as record
from .views import leader, liaison, liaison_notes

_D = "dispatch-days/<uuid:key>"
_I = f"{_D}/items/<uuid:item_key>"
_L = "liaison/<uuid:key>"

urlpatterns = [
    path("dispatch-days/", days.index, name="dispatch_days"),
    path("dispatch-days/add", days.add, name="day_add"),
    path("dispatch-days/matters", leader.all_matters, name="day_matters"),
    path("dispatch-days/put", items.put, name="day_put"),
    path(f"{_D}/", days.day, name="dispatch_day"),
    path(f"{_D}/edit", days.edit, name="day_edit"),
    path(f"{_D}/announce", days.announce, name="day_announce"),
    path(f"{_D}/call-off", days.call_off, name="day_call_off"),
    path(f"{_D}/proposals", items.proposals, name="day_proposals"),
    path(f"{_D}/ask", items.ask_question, name="day_ask"),
    path(f"{_I}/edit", items.edit, name="item_edit"),
    path(f"{_I}/move", items.move, name="item_move"),
    path(f"{_I}/remove", items.remove, name="item_remove"),
    path(f"{_I}/answer", items.answer, name="item_answer"),
    path(f"{_D}/start", live.start, name="day_start"),
    path(f"{_D}/live", live.live, name="day_live"),
    path(f"{_D}/arrive", live.arrive, name="day_arrive"),
    path(f"{_D}/close", live.close, name="day_close"),
    path(f"{_I}/show", live.show, name="item_show"),
    path(f"{_I}/decide", live.decide, name="item_decide"),
    path(f"{_I}/promise", live.promise, name="item_promise"),
    path(f"{_I}/carry", live.carry, name="item_carry"),
    path(f"{_I}/drop", live.drop, name="item_drop"),
    path(f"{_D}/record", record.record, name="day_record"),
    path(f"{_D}/list.csv", record.file, name="day_file"),
    path(f"{_D}/promises/<uuid:promise_key>/judge", record.judge, name="promise_judge"),
    path("liaison/", liaison.overview, name="liaison"),
    path("liaison/mine", liaison.mine, name="liaison_mine"),
    path("liaison/add", liaison.add, name="tie_add"),
    path(f"{_L}/", liaison.tie, name="tie"),
    path(f"{_L}/end", liaison.end, name="tie_end"),
    path(f"{_L}/plan", liaison_notes.plan, name="visit_plan"),
    path(f"{_L}/visit", liaison_notes.visit, name="visit_made"),
    path(f"{_L}/task", liaison_notes.task, name="task_add"),
    path(f"{_L}/question", liaison_notes.question, name="question_add"),
    path(f"{_L}/visits/<uuid:one>/off", liaison_notes.off, name="visit_off"),
    path(f"{_L}/tasks/<uuid:one>/settle", liaison_notes.settle, name="task_settle"),
    path(f"{_L}/questions/<uuid:one>/answer", liaison_notes.reply, name="question_answer"),
]

"""What posts may be given to do about dispatch days."""

from lianxin.foundation.accounts.permissions import register

register(
    "领导调度日",
    {
        "dispatchdays.prepare": "筹备调度日：定议题、发通知、整理记录",
        "dispatchdays.lead": "主持调度日：现场决定",
        "dispatchdays.answer": "调度日上代表单位答复、承诺",
    },
)

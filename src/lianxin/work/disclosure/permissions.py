"""What posts may be given to do in the room of disclosure."""

from lianxin.foundation.accounts.permissions import register

register("公开和通知", {"disclosure.publish": "发布、撤回通知", "disclosure.receipts": "查看回执、答复提问"})

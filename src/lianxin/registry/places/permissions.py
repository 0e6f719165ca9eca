"""What posts may be given to do about places."""

from lianxin.foundation.accounts.permissions import register

register("房屋场所", {"places.view": "查看房屋和场所", "places.edit": "登记、修改房屋和场所"})

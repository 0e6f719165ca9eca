"""What posts may be given to do about the quality of data."""

from lianxin.foundation.accounts.permissions import register

register("数据质量", {"quality.assign": "把数据问题派给网格员核实"})

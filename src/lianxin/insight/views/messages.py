"""What subscribers are told: how many, never which."""

from lianxin.foundation.notifications.kinds import Kind, register

KIND = Kind("views.came", "视图有新案件", "视图“{name}”新进 {count} 件", "打开视图看看是哪几件。")
register(KIND)

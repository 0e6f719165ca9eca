"""Made-up charts for the style guide: one of each kind."""

from lianxin.faces.parts.charts import Chart, Series

_AS_OF = "数据截至 11月21日 14:05"
_WEEKS = [
    "9月7日", "9月14日", "9月21日", "9月28日", "10月5日", "10月12日", "10月19日", "10月26日", "11月2日", "11月9日",
    "11月16日",
]  # fmt: skip
_STREETS = ["龙眠街道", "文昌街道", "龙腾街道", "青草镇", "孔城镇", "范岗镇", "新渡镇", "双港镇"]
_HOURS = [str(hour) for hour in range(24)]
_DAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]

CHARTS = [
    Chart(
        "line", "每周上报和办结", _WEEKS,
        [
            Series("上报", [212, 230, 208, 246, 190, 251, 262, 240, 258, 270, 196]),
            Series("办结", [205, 221, 214, 238, 188, 240, 259, 244, 250, 262, 180]),
        ],
        head="周", unit="件", as_of=_AS_OF, definition="上报按上报日，办结按办结日；最后一周到今天为止",
    ),
    Chart(
        "bar", "各街道上报", _STREETS, [Series("上报", [14_210, 9_830, 7_204, 3_310, 2_960, 2_480, 1_905, 1_212])],
        head="街道", unit="件", as_of=_AS_OF, definition="本月上报的全部案件",
    ),
    Chart(
        "stack", "各渠道每周上报", _WEEKS[-6:],
        [
            Series("网格员", [120, 131, 118, 125, 140, 96]), Series("居民", [70, 78, 66, 81, 77, 60]),
            Series("热线", [42, 40, 39, 36, 38, 29]), Series("超期", [9, 13, 17, 16, 15, 11], tone="late"),
        ],
        head="周", unit="件", as_of=_AS_OF, definition="按上报日",
    ),
    Chart(
        "heat", "什么时候上报", _HOURS,
        [
            Series(day, [max(0, (hour - 5) * (21 - hour) // (3 + place % 4)) for hour in range(24)])
            for place, day in enumerate(_DAYS)
        ],
        head="星期", unit="件", as_of=_AS_OF, definition="按上报的星期和钟点",
    ),
    Chart(
        "pie", "办结的结果", ["结案", "答复", "移送", "不予立案"], [Series("办结", [812, 96, 41, 23])],
        head="结果", unit="件", as_of=_AS_OF, definition="本月办结的全部案件",
    ),
    Chart(
        "bar", "按期处置率", ["龙眠", "文昌", "龙腾", "青草"],
        [Series("本月", [0.974, 0.951, 0.932, 0.888]), Series("上月", [0.968, 0.957, 0.914, 0.902])],
        head="街道", as_of=_AS_OF, definition="期限内办好的 ÷ 应处置的", is_share=True,
    ),
]  # fmt: skip

"""The words of patrols: kinds of points, ways of checking in, kinds, grades and states of hazards."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PointKind(models.TextChoices):
    """What a point stands for; it chooses the checklist."""

    ROAD = "road", _("道路")
    MARKET = "market", _("集贸市场")
    ESTATE = "estate", _("小区")
    SCHOOL = "school", _("学校门口")
    WATER = "water", _("河塘水库")
    FIRE = "fire", _("消防通道")
    SITE = "site", _("施工工地")
    OTHER = "other", _("其他")


class How(models.TextChoices):
    """How somebody showed to have been at a point."""

    QR = "qr", _("扫码")
    GPS = "gps", _("定位")
    NFC = "nfc", _("碰一碰")
    HAND = "hand", _("手工")


class Answer(models.TextChoices):
    """What was found about one question of a checklist."""

    OK = "ok", _("正常")
    PROBLEM = "problem", _("有问题")
    NONE = "na", _("不涉及")


class Rhythm(models.TextChoices):
    """On which days a plan has its rounds."""

    WEEKLY = "weekly", _("每周几")
    EVERY = "every", _("每隔几天")
    MONTHLY = "monthly", _("每月几号")


class RoundState(models.TextChoices):
    """How far a round has come."""

    PLANNED = "planned", _("待巡查")
    RUNNING = "running", _("巡查中")
    FINISHED = "finished", _("已完成")
    MISSED = "missed", _("没有去")


class Excuse(models.TextChoices):
    """Why a point was not reached; nobody's fault by itself."""

    WEATHER = "weather", _("天气原因")
    BLOCKED = "blocked", _("进不去")
    URGENT = "urgent", _("临时有急事")
    LEAVE = "leave", _("请假、没人接替")
    GONE = "gone", _("这个点已经不在了")
    OTHER = "other", _("其他")


class HazardKind(models.TextChoices):
    """What is dangerous."""

    FIRE = "fire", _("消防通道、设施")
    POWER = "power", _("用电、飞线充电")
    GAS = "gas", _("燃气")
    BUILDING = "building", _("房屋、墙体、高空坠物")
    ROAD = "road", _("道路、井盖、护栏")
    WATER = "water", _("水边、防汛")
    FOOD = "food", _("食品、卫生")
    SITE = "site", _("施工")
    TREE = "tree", _("树木、枝条")
    OTHER = "other", _("其他")


class Grade(models.TextChoices):
    """How dangerous it is; it chooses by when it must be gone."""

    GENERAL = "general", _("一般隐患")
    MAJOR = "major", _("重大隐患")


class HazardState(models.TextChoices):
    """Where a hazard stands in the ledger; the last two have left it."""

    REPORTED = "reported", _("待核实")
    OPEN = "open", _("整改中")
    RECHECK = "recheck", _("待复查")
    SETTLED = "settled", _("已销号")
    DISMISSED = "dismissed", _("不属实")


IN_LEDGER = frozenset({HazardState.REPORTED, HazardState.OPEN, HazardState.RECHECK})


class Found(models.TextChoices):
    """What somebody found who looked again."""

    STILL = "still", _("还在")
    BETTER = "better", _("在整改")
    GONE = "gone", _("已经消除")


class Source(models.TextChoices):
    """Where a hazard came from."""

    PATROL = "patrol", _("巡查发现")
    DESK = "desk", _("工作人员登记")
    TEAM = "team", _("居民巡逻队")

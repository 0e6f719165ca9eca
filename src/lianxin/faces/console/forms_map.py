"""Forms of the base map: a file with where it comes from, and pictures from elsewhere."""

from django import forms
from django.utils.translation import gettext_lazy

from lianxin.registry.basemap.models import Theme

SYSTEMS = [
    ("cgcs2000", gettext_lazy("国家大地 2000（CGCS2000），或 WGS-84")),
    ("gcj02", gettext_lazy("GCJ-02（高德、腾讯）")),
    ("bd09", gettext_lazy("BD-09（百度）")),
]
SHIFTS = [("", gettext_lazy("国家大地 2000（天地图）")), ("gcj02", gettext_lazy("GCJ-02（高德、腾讯）"))]


class SheetForm(forms.Form):
    """A theme's file, and by what right it is used."""

    theme = forms.ChoiceField(label=gettext_lazy("画的是什么"), choices=Theme.choices)
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("GeoJSON（可 .gz）、Shapefile 打成的 zip、GeoPackage；一份一类，最多 200 MB"),
        error_messages={"required": gettext_lazy("请选择文件。"), "empty": gettext_lazy("文件是空的（0 字节）。")},
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.gz,.zip,.gpkg"}),
    )
    system = forms.ChoiceField(
        label=gettext_lazy("坐标系"), choices=SYSTEMS,
        help_text=gettext_lazy("选错了会偏几百米；读好以后在预览里看落在哪里"),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("出处"),
        max_length=200,
        help_text=gettext_lazy("标在图上，例如：市自然资源局 2026 年 1:2000"),
    )
    licence = forms.CharField(
        label=gettext_lazy("许可"), max_length=200, help_text=gettext_lazy("凭什么可以用，例如：政务共享，内部使用")
    )


class BackgroundForm(forms.Form):
    """Pictures under our own map."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=40, help_text=gettext_lazy("例如：天地图影像"))
    url = forms.CharField(
        label=gettext_lazy("地址"), max_length=400,
        help_text=gettext_lazy("XYZ 或 WMTS，写成 https://…{z}…{x}…{y}…；钥匙的位置写 {key}"),
    )  # fmt: skip
    key = forms.CharField(
        label=gettext_lazy("钥匙"), max_length=200, required=False,
        help_text=gettext_lazy("加密存放；空着就不改。它会发到浏览器，请在服务商那里限定本系统的域名"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    shift = forms.ChoiceField(label=gettext_lazy("图的坐标系"), choices=SHIFTS, required=False)
    attribution = forms.CharField(
        label=gettext_lazy("来源标注"), max_length=120, help_text=gettext_lazy("图上要标的话，含审图号")
    )
    most_zoom = forms.IntegerField(label=gettext_lazy("最大级别"), min_value=1, max_value=22, initial=18)
    is_on = forms.BooleanField(label=gettext_lazy("在一张图上用"), required=False, initial=True)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

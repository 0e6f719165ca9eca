"""Forms of the import wizard."""

from django import forms
from django.utils.translation import gettext_lazy

from lianxin.faces.console.lookups import AreaField, LookupForm


class FileForm(forms.Form):
    """The table, and where its rows lie when they do not say so."""

    file = forms.FileField(
        label=gettext_lazy("表格文件"),
        error_messages={
            "required": gettext_lazy("请选择文件。"),
            "empty": gettext_lazy("文件是空的（0 字节）。请打开原表另存一次再传。"),
        },
        help_text=gettext_lazy("Excel（.xlsx、.xls）、CSV、GeoJSON、GeoPackage，或 Shapefile 打成的 zip；最多 100 MB"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt,.json,.geojson,.gpkg,.zip"}),
    )


class WhenForm(forms.Form):
    """From which day, and whether the table is the whole list."""

    starts = forms.DateField(
        label=gettext_lazy("哪天起用"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("可不填，现在就导；填了那天零点自动导入，之前可以收回"),
    )  # fmt: skip
    is_whole = forms.BooleanField(
        label=gettext_lazy("这是整张清单，表里没有的停用"), required=False,
        help_text=gettext_lazy("已立案的案卷不变，仍按原来的一条办"),
    )  # fmt: skip


class PlaceForm(LookupForm):
    """Where rows lie that do not say."""

    area = AreaField(
        label=gettext_lazy("没写地方的行算在哪里"), required=False,
        help_text=gettext_lazy("表里写了小区、网格的，按表里的；都没写的，放进这个区域"),
    )  # fmt: skip

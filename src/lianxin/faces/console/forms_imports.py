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


class PlaceForm(LookupForm):
    """Where rows lie that do not say."""

    area = AreaField(
        label=gettext_lazy("没写地方的行算在哪里"), required=False,
        help_text=gettext_lazy("表里写了小区、网格的，按表里的；都没写的，放进这个区域"),
    )  # fmt: skip

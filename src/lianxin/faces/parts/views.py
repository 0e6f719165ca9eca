"""The style guide: every part with made-up values, for people who build pages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lianxin.faces.parts import sample_charts, sample_map, samples
from lianxin.faces.parts.shapes import Tab


def _only_here() -> None:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404("The style guide is shown only where DEBUG or DEMO is on.")


def parts(request: HttpRequest) -> HttpResponse:
    """Show every part."""
    _only_here()
    return render(request, "parts/guide.html", samples.guide())


def seat(request: HttpRequest) -> HttpResponse:
    """Show the three panes of the seat console."""
    _only_here()
    return render(request, "parts/guide_seat.html", samples.guide())


def signin(request: HttpRequest) -> HttpResponse:
    """Show sign-in with a fault."""
    _only_here()
    form = samples.SignInForm({"account": "chen03", "password": "wrong"})
    ways = [Tab("#", "账号密码", current=True), Tab("#", "手机验证码"), Tab("#", "统一认证")]
    return render(
        request,
        "parts/guide_signin.html",
        {"place": "桐城市网格化服务管理", "page_title": "登录", "form": form, "ways": ways},
    )


def resident(request: HttpRequest) -> HttpResponse:
    """Show a resident's page; ?elder=1 shows the large one."""
    _only_here()
    page = {**samples.guide(), "place": "同安社区", "page_title": "", "elder": "elder" in request.GET, "elder_url": "#"}
    return render(request, "parts/guide_resident.html", page)


def charts(request: HttpRequest) -> HttpResponse:
    """Show a chart of each kind, and some on the dark ground of the big screen."""
    _only_here()
    return render(request, "parts/guide_charts.html", {**samples.guide(), "charts": sample_charts.CHARTS})


def map_layer(_request: HttpRequest, layer: str) -> JsonResponse:
    """Give a layer of the made-up town: base, areas or points."""
    _only_here()
    layers = {"base": sample_map.base, "areas": sample_map.areas, "points": sample_map.points}
    if layer not in layers:
        raise Http404("There is no such layer.")
    return JsonResponse(layers[layer]())

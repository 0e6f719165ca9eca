"""Templates of addresses: https, a host of the list, the number once, no user, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianxin.registry.cameras import addresses

HOSTS = ("video.example.gov.cn", "10.1.2.3:8443")


@pytest.mark.parametrize(
    "template",
    ["https://video.example.gov.cn/live/{number}", "https://10.1.2.3:8443/play?id={number}&ui=simple",
     "https://VIDEO.example.gov.cn:443/#/{number}"],
)  # fmt: skip
def test_a_whole_address_passes(template: str) -> None:
    assert addresses.fault(template, HOSTS) == ""


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("http://video.example.gov.cn/{number}", "https"),
        ("javascript:alert({number})", "https"),
        ("//video.example.gov.cn/{number}", "https"),
        ("https://me:secret@video.example.gov.cn/{number}", "用户名"),
        ("https://video.example.gov.cn@evil.example/{number}", "用户名"),
        ("https://evil.example/{number}", "名单"),
        ("https://video.example.gov.cn.evil.example/{number}", "名单"),
        ("https://video.example.gov.cn:8443/{number}", "名单"),
        ("https://{number}.example.gov.cn/", "看不出"),
        ("https://video.example.gov.cn/live", "{number}"),
        ("https://video.example.gov.cn/{number}/{number}", "一处"),
        ("https://video.example.gov.cn/{number}/{user}", "花括号"),
        ("https://video.example.gov.cn\\@evil.example/{number}", "反斜杠"),
        ("https://video.example.gov.cn/ {number}", "空格"),
        ("https://video.example.gov.cn:port/{number}", "看不出"),
        ("", "https"),
    ],
)
def test_what_is_wrong_is_told(template: str, said: str) -> None:
    assert said in addresses.fault(template, HOSTS)


@given(st.text(max_size=60))
def test_whatever_passes_leads_to_a_host_of_the_list(rest: str) -> None:
    for template in (f"https://{rest}", f"https://video.example.gov.cn{rest}{{number}}"):
        if not addresses.fault(template, HOSTS):
            filled = addresses.filled(template, "3" * 20)
            assert addresses.host_of(filled) in HOSTS
            assert filled.startswith("https://")
            assert "{" not in filled

"""Draw what rooms put on the home page: `{% load blocks %}{% draw block %}`."""

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from lianxin.faces.resident.blocks import Block

register = template.Library()


@register.simple_tag(takes_context=True)
def draw(context: Context, block: Block) -> SafeString:
    """Draw a block with its own values beside those of the page."""
    with context.push(**block.values):
        # What a template of ours draws is safe already: it escaped what it was given.
        drawn = get_template(block.template).template.render(context)  # type: ignore[attr-defined]
    return mark_safe(str(drawn))  # noqa: S308

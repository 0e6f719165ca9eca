"""Links to cards, for templates: `{% load cards %}<a href="{% card_url "notice" notice.pk %}">`."""

from django import template

from lianxin.faces.resident.cards.kinds import link

register = template.Library()


@register.simple_tag
def card_url(name: str, pk: int) -> str:
    """Return the address of the card of a thing."""
    return link(name, pk)

"""A form, its act, and what is said after: the one way in which pages of the console change something."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.errors import Invalid, LianxinError, NotAllowed

from . import flash
from .forms import show_faults
from .frame import page


@dataclass(frozen=True, slots=True)
class Done:
    """Where to go after an act, and what that page says once."""

    url: str
    said: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before an act that cannot simply be taken back: object, effect, and the verb of its button."""

    title: str
    effect: str
    verb: str
    back_url: str
    is_danger: bool = True


Act = Callable[[dict[str, Any]], Done]


class NoteForm(forms.Form):
    """Why; kept with the act."""

    note = forms.CharField(
        label=_("原因"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会记入审计，写一句话就好"),
    )


class NothingForm(forms.Form):
    """An act that asks nothing but whether it is meant."""


@contextmanager
def faults_into(form: forms.Form) -> Iterator[None]:
    """Put what an act refuses beside its fields; a lack of power is a page of its own."""
    try:
        yield
    except Invalid as invalid:
        show_faults(form, invalid.fields)
    except NotAllowed:
        raise
    except LianxinError as error:
        form.add_error(None, error.sentence)


def done(request: HttpRequest, result: Done) -> HttpResponse:
    """Lead on to the next page and let it say what was done."""
    response = HttpResponseRedirect(result.url)
    flash.say(request, response, result.said)
    return response


def save(
    request: HttpRequest, form: forms.Form, act: Act, *, template: str, door: str, title: str, **context: Any
) -> HttpResponse:
    """Show a form, or do its act when it was sent; what was typed stays when the act is refused."""
    if request.method == "POST" and form.is_valid():
        with faults_into(form):
            return done(request, act(form.cleaned_data))
    return page(request, template, door=door, title=title, status=422 if form.errors else 200, form=form, **context)


def ask(request: HttpRequest, form: forms.Form, question: Question, act: Act, *, door: str) -> HttpResponse:
    """Ask before an act: as a dialog where scripts run, else as a page."""
    if request.headers.get("HX-Request"):
        return render(request, "console/ask_piece.html", {"form": form, "question": question, "url": request.path})
    return save(
        request,
        form,
        act,
        template="console/ask.html",
        door=door,
        title=question.title,
        question=question,
        url=request.path,
    )

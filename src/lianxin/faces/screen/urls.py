"""Addresses of the big screen."""

from django.urls import path

from .views import arranging, board, connecting

app_name = "screen"
urlpatterns = [
    path("", board.board, name="board"),
    path("now", board.now, name="now"),
    path("page", board.page, name="page"),
    path("connect", connecting.connect, name="connect"),
    path("ask", connecting.ask, name="ask"),
    path("walls", connecting.screens, name="walls"),
    path("walls/pair", connecting.pair, name="pair"),
    path("walls/<uuid:key>/revoke", connecting.revoke, name="revoke"),
    path("arrange", arranging.arrange, name="arrange"),
    path("arrange/restore", arranging.restore, name="restore"),
    path("of/<str:code>/", board.board, name="board_of"),
    path("of/<str:code>/page", board.page, name="page_of"),
]

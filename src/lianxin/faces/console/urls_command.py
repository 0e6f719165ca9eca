"""Addresses of command (指挥): the whistle board, what was pressed for, and requests that wait for a decision."""

from django.urls import path

from .views import approvals, contractors, delegations, supervisions, whistles, workspace

urlpatterns = [
    path("workspace/", workspace.workspace, name="workspace"),
    path("whistles/", whistles.whistles, name="whistles"),
    path("whistles/<int:pk>/", whistles.whistle, name="whistle"),
    path("supervisions/", supervisions.supervisions, name="supervisions"),
    path("supervisions/list.csv", supervisions.file, name="supervisions_file"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/batch", approvals.batch, name="approvals_batch"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/<int:pk>/revoke", delegations.revoke, name="delegation_revoke"),
    path("parts/<int:pk>/link", contractors.issue, name="contractor_issue"),
    path("links/<uuid:key>/", contractors.link, name="contractor_link"),
    path("links/<uuid:key>/revoke", contractors.revoke, name="contractor_revoke"),
    path("links/<uuid:key>/confirm", contractors.confirm, name="contractor_confirm"),
    path("links/<uuid:key>/back", contractors.send_back, name="contractor_back"),
]

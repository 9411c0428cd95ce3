"""Addresses of the desk's conversations, one a line, in order of their addresses."""

from django.urls import path

from outreach.views import templates, templates_editing

app_name = "outreach"

urlpatterns = [
    path("template-count/", templates.template_count, name="template_count"),
    path("template-new/", templates_editing.template_new, name="template_new"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/<slug:slug>/", templates.template_page, name="template"),
    path("templates/<slug:slug>/<int:number>/", templates.template_version, name="template_version"),
    path("templates/<slug:slug>/<int:number>/approve/", templates.approve, name="template_approve"),
    path("templates/<slug:slug>/<int:number>/discard/", templates_editing.template_discard, name="template_discard"),
    path("templates/<slug:slug>/<int:number>/edit/", templates_editing.template_edit, name="template_edit"),
    path("templates/<slug:slug>/<int:number>/preview/", templates.template_preview_page, name="template_preview"),
    path("templates/<slug:slug>/<int:number>/retire/", templates.retire, name="template_retire"),
    path("templates/<slug:slug>/<int:number>/return/", templates.give_back, name="template_return"),
    path("templates/<slug:slug>/<int:number>/test/", templates_editing.template_test, name="template_test"),
    path("templates/<slug:slug>/begin/", templates_editing.template_begin, name="template_begin"),
]

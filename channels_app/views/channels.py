"""The pages of channels themselves."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from channels_app import actions
from channels_app.access import changeable_channel_for, channel_for, channels_for
from channels_app.context_processors import LAST_CHANNEL
from channels_app.forms.channel import ChannelForm, DeleteChannelForm, NewChannelForm
from channels_app.views.shared import check_may_change, person, refused, status_of


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The channel used last, else the first one, else the invitation to make one."""
    channels = channels_for(person(request))
    last = channels.filter(slug=request.session.get(LAST_CHANNEL, "")).first()
    channel = last or channels.filter(owner=person(request)).first() or channels.first()
    if channel is None:
        return render(request, "channels_app/welcome.html")
    return redirect("scripts", channel.slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def channel_new(request: HttpRequest) -> HttpResponse:
    """Make a channel."""
    form = NewChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            channel = actions.create_channel(person(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{channel.name} is ready. Write its first script.")
            return redirect("scripts", channel.slug)
    return render(request, "channels_app/channel_new.html", {"form": form}, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def channel_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about the channel."""
    access = channel_for(person(request), slug)
    form = ChannelForm(instance=access.channel)
    if request.method == "POST":
        check_may_change(access)
        # Another instance: a refused form leaves its values in it, and the page shows the channel as it is.
        form = ChannelForm(request.POST, instance=channel_for(person(request), slug).channel)
        if form.is_valid():
            form.save()
            messages.success(request, "The settings are saved.")
            return redirect("channel-settings", slug)
    context = {"form": form, "channel": access.channel, "may_change": access.may_change}
    return render(request, "channels_app/settings.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def channel_delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete the channel and everything in it, confirmed by typing its address."""
    channel = changeable_channel_for(person(request), slug)
    form = DeleteChannelForm(request.POST if request.method == "POST" else None, channel=channel)
    if request.method == "POST" and form.is_valid():
        name = channel.name
        try:
            actions.delete_channel(channel)
        except ProtectedError as refusal:
            return refused(request, refusal, reverse("channel-settings", args=[slug]))
        request.session.pop(LAST_CHANNEL, None)
        messages.success(request, f"{name} and everything in it is deleted.")
        return redirect("home")
    context = {"form": form, "doomed": channel}
    return render(request, "channels_app/channel_delete.html", context, status=status_of(form))

"""The pages of jobs. All of them work as plain forms and links; scripts make the same URLs live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from channels_app.access import ChannelAccess, channel_for
from channels_app.views.shared import ids_in, number_in, person, wants_json
from jobs import actions, doors, needs, panel, registry
from jobs.actions import InvalidInputs
from jobs.doors import Refusal
from jobs.inputs import InputsForm
from jobs.models import Job, State
from jobs.registry import Kind
from jobs.spec import Place
from jobs.wellformed import mended

TABS = ("result", "output", "stages", "attempts", "input")


def premium_only(request: HttpRequest, access: ChannelAccess) -> HttpResponse | None:
    """The page that tells a standard user what the Jobs panel is for, or None for those who may open it."""
    if person(request).is_premium:
        return None
    return render(request, "jobs/forbidden.html", {"channel": access.channel}, status=403)


def wants_fragment(request: HttpRequest) -> str:
    """Which part of the page a script asks for; empty for the whole page."""
    return request.GET.get("fragment", "")


def kind_choices(user: User) -> list[dict[str, Any]]:
    """The kinds for the *New job* menu, with the reason when one cannot be started."""
    choices = []
    for kind in registry.kinds().values():
        missing = [needs.PROVISIONS[need] for need in needs.missing(kind.spec)]
        choices.append(
            {
                "slug": kind.slug,
                "label": kind.spec.label,
                "icon": kind.spec.icon,
                "premium": kind.spec.premium,
                "ready": not missing,
                "reason": " ".join(f"{one.missing} {one.way_out}" for one in missing),
            }
        )
    return choices


@login_required
@require_GET
def jobs_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The Jobs panel of a channel: `?state=&kind=&q=&after=`; fragments `counts` and `rows`."""
    access = channel_for(person(request), slug)
    if refusal := premium_only(request, access):
        return refusal
    if wants_fragment(request) == "counts":
        return JsonResponse({"counts": panel.counts(access.channel)})
    wanted = panel.Filter.of(request.GET)
    page = panel.page_of(access.channel, wanted, request.GET.get("after", ""))
    context = {
        "channel": access.channel,
        "may_change": access.may_change,
        "rows": panel.list_rows(access.channel, page.jobs),
        "next": page.next,
        "wanted": wanted,
        "kinds": kind_choices(person(request)),
    }
    if wants_fragment(request) == "rows":
        return render(request, "jobs/_rows.html", context)
    context["counts"] = panel.counts(access.channel)
    context["states"] = [("", "All"), *State.choices]
    return render(request, "jobs/list.html", context)


@login_required
@require_GET
def job_detail(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """One job with tabs (`?tab=`, `?attempt=`); fragments `row` and `detail` for scripts."""
    job, access = job_in(request, slug, job_id, heavy=True)
    if refusal := premium_only(request, access):
        return refusal
    fragment = wants_fragment(request)
    context: dict[str, Any] = {"channel": access.channel, "may_change": access.may_change}
    if fragment == "row":
        context["row"] = {**panel.row(job), **panel.expectation(job)}
        return render(request, "jobs/_row.html", context)
    number = number_in(request.GET.get("attempt", ""))
    context["job"] = context["row"] = {**panel.row(job), **panel.expectation(job)}
    context["detail"] = panel.detail(job, attempt=number)
    context["tab"] = chosen_tab(request.GET.get("tab", ""), job)
    context["tabs"] = TABS
    context["seen_at"] = seen_at(job) if context["tab"] == "result" else None
    return render(request, "jobs/_detail.html" if fragment == "detail" else "jobs/detail.html", context)


def seen_at(job: Job) -> Place | None:
    """The page where the work of a job is seen, as its kind says; None for a kind that is no more."""
    kind = registry.kinds().get(job.kind)
    return kind.spec.seen_at(job.inputs, job.channel, job.pk) if kind else None


def chosen_tab(asked: str, job: Job) -> str:
    """The tab that was asked for, else the one that tells most in the job's state."""
    if asked in TABS:
        return asked
    if job.state == State.COMPLETED:
        return "result"
    return "attempts" if job.state == State.FAILED else "output"


@login_required
@require_GET
def job_raw(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponseBase:
    """The whole output of an attempt as plain text."""
    job, access = job_in(request, slug, job_id)
    if refusal := premium_only(request, access):
        return refusal
    number = number_in(request.GET.get("attempt", ""))
    number = job.attempt if number is None else number
    lines: list[str] = []
    start = 1
    while (found := panel.output(job, attempt=number, start=start))["lines"]:
        lines += [f"{line['at']} {line['text']}\n" for line in found["lines"]]
        start = found["next"]
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")


@login_required
def job_new(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The form of a kind, drawn from its SPEC."""
    access = channel_for(person(request), slug)
    if refusal := premium_only(request, access):
        return refusal
    chosen = kind_or_404(kind)
    if request.method == "POST":
        return submit_from_page(request, access, chosen)
    form = chosen.spec.form(channel=access.channel, user=person(request), initial=request.GET.dict())
    return new_page(request, access, chosen, form)


def new_page(
    request: HttpRequest,
    access: ChannelAccess,
    kind: Kind,
    form: InputsForm,
    *,
    refusal: Refusal | None = None,
    rerun_of: Job | None = None,
) -> HttpResponse:
    """The form's page, with what stood in the way."""
    context = {
        "channel": access.channel,
        "may_change": access.may_change,
        "kind": kind,
        "spec": kind.spec,
        "form": form,
        "refusal": refusal,
        "rerun_of": panel.row(rerun_of) if rerun_of else None,
        "missing": [needs.PROVISIONS[need] for need in needs.missing(kind.spec)],
    }
    return render(request, "jobs/new.html", context, status=refusal.status if refusal else 200)


@login_required
@require_POST
def job_submit(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Queue a job from any page; `next` says where to go afterwards. Scripts get JSON."""
    return submit_from_page(request, channel_for(person(request), slug), kind_or_404(kind))


def submit_from_page(request: HttpRequest, access: ChannelAccess, kind: Kind) -> HttpResponse:
    """Submit the posted form and answer with the job's page, the page in `next`, or the form and its errors."""
    doors.check_may_change(access)
    form: InputsForm | None = None

    def submit() -> actions.Submitted:
        nonlocal form
        try:
            return actions.submit(access.channel, person(request), kind.slug, request.POST)
        except InvalidInputs as error:
            form = error.form
            raise

    submitted, refusal = attempt(request, submit)
    if refusal is None:
        return after_action(request, submitted.job, f"{kind.spec.label} is queued.")
    if wants_json(request):
        return refused_json(refusal)
    following = safe_next(request)
    if following:
        messages.error(request, doors.with_link(refusal))
        return redirect(following)
    bound = form or kind.spec.form(request.POST, channel=access.channel, user=person(request))
    return new_page(request, access, kind, bound, refusal=refusal)


@login_required
@require_POST
def job_cancel(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Cancel; with `force=1` a running job is ended now."""
    job, access = job_in(request, slug, job_id)
    doors.check_may_change(access)
    done, refusal = attempt(request, lambda: actions.cancel(job, force=request.POST.get("force") == "1"))
    if refusal:
        return after_refusal(request, job, refusal)
    text = "Cancelled." if done.state == State.CANCELLED else "Cancelling: it stops as soon as its work allows."
    return after_action(request, done, text)


@login_required
@require_POST
def job_finish(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """End a running job early, as completed with what it has."""
    job, access = job_in(request, slug, job_id)
    doors.check_may_change(access)
    done, refusal = attempt(request, lambda: actions.finish(job))
    if refusal:
        return after_refusal(request, job, refusal)
    return after_action(request, done, "It ends here: what there is stays.")


@login_required
@require_POST
def job_retry(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Queue a failed or cancelled job again."""
    job, access = job_in(request, slug, job_id)
    doors.check_may_change(access)
    done, refusal = attempt(request, lambda: actions.retry(job, person(request)))
    if refusal:
        return after_refusal(request, job, refusal)
    return after_action(request, done, "Queued again.")


@login_required
def job_rerun(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponse:
    """Run again with changes: the form filled with the old inputs; posting it makes a new job linked to the old."""
    job, access = job_in(request, slug, job_id, heavy=True)
    doors.check_may_change(access)
    kind = kind_or_404(job.kind)
    if request.method != "POST":
        if refusal_page := premium_only(request, access):
            return refusal_page
        form = kind.spec.form(channel=access.channel, user=person(request), initial=job.inputs)
        return new_page(request, access, kind, form, rerun_of=job)
    form = kind.spec.form(request.POST, channel=access.channel, user=person(request))
    submitted, refusal = attempt(
        request, lambda: actions.submit(access.channel, person(request), kind.slug, request.POST, rerun_of=job)
    )
    if refusal is None:
        return after_action(request, submitted.job, f"{kind.spec.label} is queued again.")
    if wants_json(request):
        return refused_json(refusal)
    return new_page(request, access, kind, form, refusal=refusal, rerun_of=job)


@login_required
@require_GET
def slot(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The `job_slot` region of a page, drawn afresh; the query holds the inputs that the page gives."""
    return render(request, "jobs/_slot.html", slot_context(request, slug, kind, request.GET.dict()))


def slot_context(request: HttpRequest, slug: str, kind_slug: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """What a `job_slot` shows: the newest job of a kind about a subject, and the form that starts another.

    inputs: what the page gives (the script), so that its form asks only for the rest.
    """
    access, kind = channel_for(person(request), slug), kind_or_404(kind_slug)
    given = {name: mended(str(value))[:200] for name, value in inputs.items() if name in kind.spec.form.base_fields}
    try:
        subject = kind.spec.subject(given)
    except KeyError as error:
        # The address lacks an input that the subject is made of.
        raise Http404(f"{kind.spec.label}: the input {error} is missing.") from error
    job = panel.newest(access.channel, kind.slug, subject)
    # What an earlier run has made stays in reach while a newer one runs, and when it fails.
    done = job
    if job and job.state != State.COMPLETED:
        done = panel.newest(access.channel, kind.slug, subject, state=State.COMPLETED)
    asked = remembered(request, access, kind, job)
    form = kind.spec.form(channel=access.channel, user=person(request), initial={**asked, **given})
    return {
        "figures": figures_of(job) if job else {},
        "channel": access.channel,
        "may_change": access.may_change,
        "kind": kind,
        "spec": kind.spec,
        "subject": subject,
        "given": given,
        "fields": [form[name] for name in form.fields if name not in given],
        "verb": form.verb or kind.spec.label,
        "starts_here": form.starts_in_slot,
        "row": {**panel.row(job), **panel.expectation(job)} if job else None,
        "artifacts": [panel.artifact_fields(artifact) for artifact in done.artifacts.all()] if done else [],
        "earlier": panel.row(done) if done and done != job else None,
        "told": str((done.result or {}).get("told", "")) if done else "",
        "texts": {**dict.fromkeys(kind.spec.streams(given), ""), **panel.slots(job)} if job and job.is_active else {},
        "missing": [needs.PROVISIONS[need] for need in needs.missing(kind.spec)],
        "user": request.user,
    }


def remembered(request: HttpRequest, access: ChannelAccess, kind: Kind, newest: Job | None) -> dict[str, Any]:
    """What a form that remembers begins with: the inputs of the job that `?again=` names, else those of the newest."""
    if not kind.spec.form.remembers:
        return {}
    wanted = ids_in([request.GET.get("again", "")])
    job = Job.objects.filter(channel=access.channel, kind=kind.slug, pk__in=wanted).first() or newest
    return job.inputs if job else {}


def figures_of(job: Job) -> dict[str, Any]:
    """The figures that a job shows of its work while it runs, by their labels (`ctx.keep("figures", …)`)."""
    figures = job.kept.get("figures")
    return figures if isinstance(figures, dict) else {}


# --- what the views share ----------------------------------------------------------------------------------------------
def job_in(request: HttpRequest, slug: str, job_id: UUID, *, heavy: bool = False) -> tuple[Job, ChannelAccess]:
    """The job, if it belongs to the channel of the URL and this person may see it; else Http404."""
    job, access = doors.job_for(person(request), job_id, heavy=heavy)
    if access.channel.slug != slug:
        raise Http404("There is no such job in this channel.")
    return job, access


def attempt(request: HttpRequest, action: Callable[[], Any]) -> tuple[Any, Refusal | None]:
    """Do what was asked; the answer, or the refusal, without a link that this person may not open."""
    done, refusal = doors.attempt_action(action)
    if refusal and refusal.code == "already_active" and not person(request).is_premium:
        refusal = replace(refusal, url="", link="")
    return done, refusal


def kind_or_404(slug: str) -> Kind:
    """The kind of that slug, or Http404."""
    try:
        return registry.kind(slug)
    except registry.UnknownKind as error:
        raise Http404(error.args[0]) from error


def safe_next(request: HttpRequest) -> str:
    """The page to go on to, if it is one of ours."""
    following = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(following, {request.get_host()}, request.is_secure())
    return following if allowed else ""


def after_action(request: HttpRequest, job: Job, text: str) -> HttpResponse:
    """JSON for a script; else a message and the page to go on to."""
    if wants_json(request):
        return JsonResponse({"row": panel.row(job), "message": text})
    messages.success(request, text)
    return onward(request, job)


def after_refusal(request: HttpRequest, job: Job, refusal: Refusal) -> HttpResponse:
    """JSON for a script; else the job's page with the reason."""
    if wants_json(request):
        return refused_json(refusal)
    messages.error(request, doors.with_link(refusal))
    return onward(request, job)


def onward(request: HttpRequest, job: Job) -> HttpResponse:
    """The page in `next`; else the job's, for those who may open it; else home."""
    if following := safe_next(request):
        return redirect(following)
    return redirect("job", job.channel.slug, job.pk) if person(request).is_premium else redirect("home")


def refused_json(refusal: Refusal) -> JsonResponse:
    """A refusal in the API's shape."""
    error: dict[str, Any] = {
        "code": refusal.code,
        "message": refusal.message,
        "fields": refusal.fields,
        "url": refusal.url,
    }
    if refusal.link:
        error["link"] = refusal.link
    return JsonResponse({"error": error}, status=refusal.status)

"""The pages of signing in and of one's own account."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations, keys, limits, passwords, providers, roles
from accounts.context_processors import THEME_COOKIE, THEMES
from accounts.forms import ChangePasswordForm, JoinForm, NewPasswordForm, ProviderKeyForm, SignInForm
from accounts.models import Invitation, User
from accounts.redirects import safe_next

HOME = "home"
YEAR = 365 * 24 * 3600  # seconds


class UserRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


def signed_in(view: Callable[[UserRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Send everybody else to the sign-in page, and keep what is personal out of caches."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            raise TypeError("login_required let a stranger through.")
        return view(request)  # type: ignore[arg-type]

    return never_cache(login_required(guarded))


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in and go on to `next`. Too many wrong tries: 429 with Retry-After."""
    target = safe_next(request, HOME)
    if request.user.is_authenticated:
        return redirect(target)
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return redirect(target)
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    page = render(request, "accounts/sign_in.html", {"form": form, "next": target if wanted else ""})
    if form.refusal:
        page.status_code = HTTPStatus.TOO_MANY_REQUESTS
        page["Retry-After"] = str(form.refusal.seconds)
    return page


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out. Only by POST, so that no picture or link of another site can do it."""
    logout(request)
    return redirect("sign-in")


@require_http_methods(["GET", "HEAD"])
@signed_in
def me(request: UserRequest) -> HttpResponse:
    """Who one is, what one may do, and how much of the limits is used."""
    user = request.user
    held = [(roles.LABELS[role], roles.MEANINGS[role]) for role in roles.Role if role in user.roles]
    return render(request, "accounts/me.html", {"roles": held, "uses": limits.uses(user)})


@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change_password(request: UserRequest) -> HttpResponse:
    """A new password: other sessions end, this one stays."""
    form = ChangePasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        passwords.change(request.user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, "Your password is changed. Everywhere else you are signed out.")
        return redirect("me")
    return render(request, "accounts/password.html", {"form": form})


@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def provider_keys(request: UserRequest) -> HttpResponse:
    """Save, replace and delete one's keys. A saved key is never shown again."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        slug = request.POST.get("provider", "")
        if slug not in providers.BY_SLUG:
            return HttpResponseBadRequest("provider names no provider. Choose one of those on the page.")
        errors = _delete_key(request, slug) if request.POST.get("action") == "delete" else _save_key(request, slug)
        if not errors:
            return redirect("provider-keys")
    rows = [(holding, errors.get(holding.provider.slug, [])) for holding in keys.holdings(request.user)]
    return render(request, "accounts/keys.html", {"rows": rows})


def _save_key(request: UserRequest, slug: str) -> dict[str, list[str]]:
    form = ProviderKeyForm(request.POST)
    if not form.is_valid():
        return {slug: ["Enter the key." if not request.POST.get("key", "").strip() else "This key is too long."]}
    try:
        saved = keys.save(request.user, slug, form.cleaned_data["key"])
    except keys.BadKey as error:
        return {slug: [str(error)]}
    messages.success(request, f"Your {saved.get_provider_display()} key is saved ({saved.masked}).")
    return {}


def _delete_key(request: UserRequest, slug: str) -> dict[str, list[str]]:
    label = providers.BY_SLUG[slug].label
    if keys.delete(request.user, slug):
        messages.success(request, f"Your {label} key is deleted.")
    else:
        messages.info(request, f"There was no {label} key of yours to delete.")
    return {}


@sensitive_post_parameters("password1", "password2", "new_password1", "new_password2")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join, or set a new password, by a link that works once. Used or run out: 410; never existed: 404."""
    try:
        invitation = invitations.find(token)
        return _accept(request, invitation)
    except Invitation.DoesNotExist:
        raise Http404("There is no such invitation.") from None
    except invitations.InvitationSpent as spent:
        return render(request, "accounts/invitation_spent.html", {"reason": str(spent)}, status=HTTPStatus.GONE)


def _accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form: JoinForm | NewPasswordForm
    if invitation.for_user:  # noqa: SIM108  (two different forms read better apart)
        form = NewPasswordForm(invitation.for_user, request.POST or None)
    else:
        form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            if invitation.for_user:
                user = invitations.accept_as_existing_user(invitation, password=answers["new_password1"])
            else:
                user = invitations.accept_as_new_user(
                    invitation,
                    username=answers["username"],
                    password=answers["password1"],
                    display_name=answers["display_name"],
                    email=answers["email"],
                )
        except invitations.UsernameTaken as taken:
            form.add_error("username", str(taken))
        else:
            login(request, user)
            messages.success(request, f"Welcome, {user.name}. You are signed in.")
            return redirect(HOME)
    return render(request, "accounts/invitation.html", {"form": form, "invitation": invitation})


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember dark, light or auto in a cookie, signed in or not, and go back."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponseBadRequest(f"theme must be one of {', '.join(THEMES)}.")
    response = redirect(safe_next(request, HOME))
    response.set_cookie(
        THEME_COOKIE,
        chosen,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response

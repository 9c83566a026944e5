"""Accounts in Django admin. Nothing secret is shown there: no key, no token, no hash of a link."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from rest_framework.authtoken.models import Token, TokenProxy

from accounts import invitations, limits
from accounts.forms import AddUserForm, AdminSetPasswordForm, AdminSignInForm, EditUserForm, InvitationForm
from accounts.models import Invitation, ProviderKey, User

# These are generic for the type checker alone.
if TYPE_CHECKING:
    _UserAdmin = UserAdmin[User]
    _InvitationAdmin = admin.ModelAdmin[Invitation]
    _ProviderKeyAdmin = admin.ModelAdmin[ProviderKey]
else:
    _UserAdmin = UserAdmin
    _InvitationAdmin = _ProviderKeyAdmin = admin.ModelAdmin

admin.site.login_form = AdminSignInForm

# Roles stand in for groups and permissions. The REST framework's page would show API tokens in full; one is
# taken back by giving its user a new password, or by unticking "active".
admin.site.unregister(Group)
admin.site.unregister(TokenProxy)


def link_page(request: HttpRequest, model_admin: "admin.ModelAdmin[Any]", made: Invitation) -> HttpResponse:
    """The only page that ever shows the link: drawn at once, not kept in a message or a session."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "The link, shown this once",
        "made": made,
        "link": request.build_absolute_uri(made.path),
    }
    response = TemplateResponse(request, "accounts/admin/invitation_made.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("The admin let a stranger through.")
    return request.user


def _without(secrets: Sequence[str], tree: Iterable[Any]) -> list[Any]:
    """The nested list of texts, less those that hold a secret."""
    return [
        _without(secrets, branch) if isinstance(branch, list) else branch
        for branch in tree
        if isinstance(branch, list) or not any(secret in branch for secret in secrets)
    ]


@admin.register(User)
class StudioUserAdmin(_UserAdmin):
    """Users: roles, limits with their use, a new password or a link to set one."""

    form = EditUserForm
    add_form = AddUserForm
    change_password_form = AdminSetPasswordForm
    list_display = ("username", "display_name", "email", "roles_in_words", "is_active", "last_login")
    list_filter = ("premium_role", "editor_role", "admin_role", "is_active")
    search_fields = ("username", "display_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("use", "last_login", "date_joined")
    actions = ("make_password_link",)
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "email", "is_active")}),
        ("Roles", {"fields": ("premium_role", "editor_role", "admin_role")}),
        (
            "Limits",
            {"fields": ("storage_limit_bytes", "daily_spend_limit_usd", "active_jobs_limit", "use")},
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")}),
        ("Who", {"classes": ("wide",), "fields": ("display_name", "email")}),
        ("Roles", {"classes": ("wide",), "fields": ("premium_role", "editor_role", "admin_role")}),
    )

    @admin.display(description="used")
    def use(self, user: User) -> SafeString:
        """Every limit with how much of it is used."""
        return format_html_join("", "<div>{}: {}</div>", ((use.label, use.text) for use in limits.uses(user)))

    @admin.display(description="roles")
    def roles_in_words(self, user: User) -> str:
        """The roles as people read them."""
        return user.roles_in_words

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Users are deleted one by one: what they own goes with them."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """What would be deleted with a user, less their API token: it prints itself in full."""
        tree, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        tokens = list(Token.objects.filter(user__in=objs).values_list("key", flat=True))
        return _without(tokens, tree), counts, forbidden, protected

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody deletes themselves: so an admin always stays."""
        return super().has_delete_permission(request, obj) and obj != request.user

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Delete, unless an app above refuses (somebody whose channel has running jobs): then say why."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except ProtectedError as refusal:
            self.message_user(request, str(refusal.args[0]), messages.ERROR)
            return redirect("admin:accounts_user_change", object_id)

    @admin.action(description="Make a link for a new password", permissions=["change"])
    def make_password_link(self, request: HttpRequest, chosen: QuerySet[User]) -> HttpResponse | None:
        """One link for one user, shown once."""
        users = list(chosen[:2])
        if len(users) != 1:
            self.message_user(request, "Choose one user: a link is for one person.", messages.ERROR)
            return None
        if not users[0].is_active:
            self.message_user(request, f"The user {users[0]} is not active. Activate the user first.", messages.ERROR)
            return None
        made = Invitation(for_user=users[0])
        invitations.issue(made, valid_for=timedelta(days=invitations.USUAL_DAYS), made_by=_signed_in(request))
        return link_page(request, self, made)


@admin.register(Invitation)
class InvitationAdmin(_InvitationAdmin):
    """Invitations: made here, shown once, taken back by deleting them."""

    form = InvitationForm
    list_display = ("__str__", "state", "created_by", "created_at", "expires_at", "used_at", "used_by")
    list_filter = ("created_at", "expires_at")
    list_select_related = ("for_user", "created_by", "used_by")
    autocomplete_fields = ("for_user",)
    fields = ("for_user", "premium_role", "editor_role", "admin_role", "days")

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """A link that somebody may hold already does not change what it gives."""
        return False

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> Any:
        """A made invitation shows its story, a new one the form."""
        if obj is None:
            return self.fields
        roles = ("premium_role", "editor_role", "admin_role")
        return ("for_user", *roles, "created_by", "created_at", "expires_at", "used_at", "used_by", "state")

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        """Make the link instead of only the row."""
        invitations.issue(obj, valid_for=form.valid_for, made_by=_signed_in(request))

    def response_add(self, request: HttpRequest, obj: Invitation, post_url_continue: str | None = None) -> HttpResponse:
        """Show the link, this once."""
        return link_page(request, self, obj)


@admin.register(ProviderKey)
class ProviderKeyAdmin(_ProviderKeyAdmin):
    """Whose keys there are. They can be deleted here, not read, made or changed."""

    list_display = ("user", "provider", "masked", "created_at", "updated_at")
    list_filter = ("provider",)
    search_fields = ("user__username",)
    list_select_related = ("user",)
    fields = ("user", "provider", "masked", "created_at", "updated_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Users enter their keys themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProviderKey | None = None) -> bool:
        """Users replace their keys themselves."""
        return False

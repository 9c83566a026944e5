"""The forms of signing in, invitations, passwords and keys."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    AuthenticationForm,
    PasswordChangeForm,
    SetPasswordForm,
    SetPasswordMixin,
    UserChangeForm,
    UsernameField,
)
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts import invitations, passwords, providers, sign_in, throttle
from accounts.models import Invitation, User

# These are generic for the type checker alone.
if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
    _InvitationForm = forms.ModelForm[Invitation]
    _PasswordChangeForm = PasswordChangeForm
    _SetPasswordMixin = SetPasswordMixin[User]
    _SetPasswordForm = SetPasswordForm[User]
    _AdminUserCreationForm = AdminUserCreationForm[User]
    _UserChangeForm = UserChangeForm[User]
    _AdminPasswordChangeForm = AdminPasswordChangeForm[User]
else:
    _UserForm = _InvitationForm = forms.ModelForm
    _PasswordChangeForm = PasswordChangeForm
    _SetPasswordMixin = SetPasswordMixin
    _SetPasswordForm = SetPasswordForm
    _AdminUserCreationForm = AdminUserCreationForm
    _UserChangeForm = UserChangeForm
    _AdminPasswordChangeForm = AdminPasswordChangeForm

# Longer ones would only make the hash slower to compute.
LONGEST_PASSWORD = 1024


def _bound_passwords(form: forms.BaseForm) -> None:
    for name, field in form.fields.items():
        if "password" in name:
            field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))


class SignInForm(AuthenticationForm):
    """Name and password, throttled."""

    username = UsernameField(max_length=64, widget=forms.TextInput(attrs={"autofocus": True}))
    password = forms.CharField(
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    refusal: throttle.TooManyTries | None = None

    @sensitive_variables("password")
    def clean(self) -> dict[str, Any]:
        """Find the user; says when to try again after too many tries."""
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username and password:
            if self.request is None:
                raise ValueError("SignInForm needs the request: tries are counted by its address.")
            try:
                user = sign_in.authenticate(self.request, username, password)
            except throttle.TooManyTries as refusal:
                self.refusal = refusal
                raise ValidationError(str(refusal), code="throttled") from refusal
            if user is None:
                raise ValidationError(sign_in.WRONG, code="invalid_login")
            self.confirm_login_allowed(user)
            self.user_cache = user
        return self.cleaned_data


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The same for Django admin's own sign-in page, so that it is no way around the throttle."""


class ChangePasswordForm(_PasswordChangeForm):
    """A new password; the current one is asked, and guessing it is throttled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Current password"
        self.fields["new_password1"].label = "New password"
        self.fields["new_password2"].label = "New password again"
        self.fields["new_password2"].help_text = ""
        _bound_passwords(self)

    @sensitive_variables("old_password")
    def clean_old_password(self) -> str:
        """Refuse a wrong current password, and any after too many wrong ones."""
        purse = (throttle.CURRENT_PASSWORD, str(self.user.pk))
        try:
            throttle.spend([purse])
        except throttle.TooManyTries as refusal:
            raise ValidationError(str(refusal), code="throttled") from refusal
        old_password: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old_password):
            raise ValidationError("This is not your current password. Enter it again.", code="password_incorrect")
        throttle.forget(*purse)
        return old_password


class NewPasswordForm(_SetPasswordForm):
    """A new password for somebody who lost theirs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password2"].label = "New password again"
        self.fields["new_password2"].help_text = ""
        _bound_passwords(self)


class JoinForm(_SetPasswordMixin, _UserForm):
    """What an invited person says about themselves."""

    password1, password2 = SetPasswordMixin.create_password_fields("Password", "Password again")

    class Meta:
        model = User
        fields = ("username", "display_name", "email")
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password2"].help_text = ""
        self.fields["username"].widget.attrs["autofocus"] = True
        _bound_passwords(self)

    def clean_username(self) -> str:
        """Refuse a name that differs from another only by its case, beside the field it belongs to."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError("This username is taken. Choose another.", code="unique")
        return username

    def clean(self) -> dict[str, Any]:
        """Compare the two passwords."""
        self.validate_passwords()
        return super().clean() or self.cleaned_data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        # Only now does the instance hold the name that the password must not resemble.
        self.validate_password_for_user(self.instance)


class ProviderKeyForm(forms.Form):
    """A key for a provider. The field never shows what was entered."""

    provider = forms.ChoiceField(choices=providers.choices, widget=forms.HiddenInput)
    key = forms.CharField(
        max_length=4096,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class InvitationForm(_InvitationForm):
    """What an admin decides about a new link."""

    days = forms.IntegerField(
        label="works for (days)",
        min_value=1,
        max_value=invitations.LONGEST_DAYS,
        initial=invitations.USUAL_DAYS,
    )

    class Meta:
        model = Invitation
        fields = ("for_user", "premium_role", "editor_role", "admin_role")

    @property
    def valid_for(self) -> timedelta:
        """How long the link is to work."""
        return timedelta(days=self.cleaned_data["days"])


class AddUserForm(_AdminUserCreationForm):
    """A new user, made by an admin."""

    class Meta:
        model = User
        fields = ("username", "display_name", "email", "premium_role", "editor_role", "admin_role")
        field_classes = {"username": UsernameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "usable_password"
        ].help_text = "Disabled: nobody can sign in as this user until you make them a link for a new password."


class EditUserForm(_UserChangeForm):
    """A user, changed by an admin; somebody must stay admin."""

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"username": UsernameField}

    def clean(self) -> dict[str, Any]:
        """Refuse to leave the studio without an admin."""
        cleaned = super().clean() or self.cleaned_data
        stays = cleaned.get("admin_role") and cleaned.get("is_active")
        others = User.objects.filter(admin_role=True, is_active=True).exclude(pk=self.instance.pk)
        if self.instance.is_active and self.instance.is_admin and not stays and not others.exists():
            raise ValidationError("This is the only active admin. Make somebody else admin first.")
        return cleaned


class AdminSetPasswordForm(_AdminPasswordChangeForm):
    """A password set by an admin ends the user's other ways in, as their own change would."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "usable_password" in self.fields:
            self.fields[
                "usable_password"
            ].help_text = "Disabled: nobody can sign in as this user until you make them a link for a new password."

    def save(self, commit: bool = True) -> User:
        """Save it and end the other access in one transaction."""
        with transaction.atomic():
            saved = super().save(commit)
            if commit:
                passwords.end_access(saved)
        return saved

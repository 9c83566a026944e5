"""Users, invitations, provider keys, and the counters that slow down guessing."""

import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import providers, roles
from accounts.roles import Role, Roles

GIGABYTE = 1024**3


class HoldsRoles(models.Model):
    """Roles as columns, so that the database can filter by them; `standard` is always held."""

    premium_role = models.BooleanField("premium", default=False, help_text=roles.MEANINGS[Role.PREMIUM])
    editor_role = models.BooleanField("editor", default=False, help_text=roles.MEANINGS[Role.EDITOR])
    admin_role = models.BooleanField("admin", default=False, help_text=roles.MEANINGS[Role.ADMIN])

    class Meta:
        abstract = True

    @property
    def roles(self) -> Roles:
        """Every role held."""
        held = {Role.PREMIUM: self.premium_role, Role.EDITOR: self.editor_role, Role.ADMIN: self.admin_role}
        return frozenset({Role.STANDARD, *(role for role, is_held in held.items() if is_held)})

    @roles.setter
    def roles(self, wanted: Roles) -> None:
        """Hold exactly these (and standard). Does not save."""
        self.premium_role = Role.PREMIUM in wanted
        self.editor_role = Role.EDITOR in wanted
        self.admin_role = Role.ADMIN in wanted

    @property
    def roles_in_words(self) -> str:
        """The roles as people read them."""
        return roles.in_words(self.roles)


class UserManager(BaseUserManager["User"]):
    """Makes users; finds them whatever the case of the name."""

    def create_user(
        self, username: str, password: str | None = None, *, roles: Roles = frozenset(), **fields: Any
    ) -> "User":
        """Make a user. Without a password nobody can sign in as them until an invitation link gives one.

        Raises ValueError without a username, IntegrityError when it is taken (in any case).
        """
        if not username:
            raise ValueError("A user needs a username.")
        if "email" in fields:
            fields["email"] = self.normalize_email(fields["email"])
        user = self.model(username=self.model.normalize_username(username), **fields)
        if roles:
            user.roles = roles
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Make an admin (what `manage.py createsuperuser` calls)."""
        return self.create_user(username, password, **{**fields, "admin_role": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of that name, in any case. Raises User.DoesNotExist."""
        return self.get(username__iexact=username)


class User(HoldsRoles, AbstractBaseUser):
    """A person who signs in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # ASCII only: SQLite folds the case of ASCII letters alone, and look-alike letters would pass for somebody
    # else.
    username = models.CharField(
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z",
                "Use letters a to z, digits, dots, dashes and underscores; begin with a letter or a digit.",
            )
        ],
        error_messages={"unique": "This username is taken. Choose another."},
        help_text="Letters a to z, digits, dots, dashes and underscores. Capitals make no difference.",
    )
    display_name = models.CharField("name", max_length=120, blank=True, help_text="What others see. May be empty.")
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(
        "active", default=True, help_text="Untick it to lock somebody out; what they made stays."
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    # Printed when it was made, perhaps the same for many: good on loopback only.
    has_demo_password = models.BooleanField(default=False, editable=False)

    storage_limit_bytes = models.PositiveBigIntegerField(
        "storage limit (bytes)", default=20 * GIGABYTE, null=True, blank=True, help_text="Empty: no limit."
    )
    daily_spend_limit_usd = models.DecimalField(
        "daily spend limit (USD)",
        max_digits=10,
        decimal_places=2,
        default=Decimal("10.00"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Empty: no limit.",
    )
    active_jobs_limit = models.PositiveIntegerField(
        "active jobs limit", default=20, null=True, blank=True, help_text="Empty: no limit."
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("username",)
        constraints = (
            models.UniqueConstraint(
                Lower("username"),
                name="accounts_user_username_any_case",
                violation_error_message="This username is taken. Choose another.",
            ),
        )

    def __str__(self) -> str:
        return self.username

    def set_password(self, raw_password: str | None) -> None:
        """As Django's; whatever it is, it is not the demo's any more."""
        super().set_password(raw_password)
        self.has_demo_password = False

    @property
    def name(self) -> str:
        """What to call them: the name they gave, else the username."""
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """What Django's admin calls them."""
        return self.name

    def get_short_name(self) -> str:
        """What Django's admin greets them with."""
        return self.name

    @property
    def is_premium(self) -> bool:
        """May start premium kinds; admin counts as premium."""
        return roles.is_premium(self.roles)

    @property
    def is_editor(self) -> bool:
        """Holds the editor role."""
        return roles.is_editor(self.roles)

    @property
    def is_admin(self) -> bool:
        """Holds the admin role."""
        return roles.is_admin(self.roles)

    @property
    def is_staff(self) -> bool:
        """Django's word for who may open its admin pages."""
        return self.is_admin

    # Django's admin asks for single permissions; here the role answers them all.
    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Admins may do everything there, others nothing."""
        return self.is_active and self.is_admin

    def has_perms(self, perm_list: list[str], obj: object | None = None) -> bool:
        """Admins may do everything there, others nothing."""
        return self.is_active and self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        """Admins may see every app there, others none."""
        return self.is_active and self.is_admin


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by what can still be done with them."""

    def open(self) -> "InvitationQuerySet":
        """Those that still work: neither used nor out of date."""
        return self.filter(used_at=None, expires_at__gt=timezone.now())


class Invitation(HoldsRoles):
    """A link that works once: it makes a new user with these roles, or gives `for_user` a new password."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The link's secret is told once and never stored. It is 256 random bits, so a fast hash is enough.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    for_user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"is_active": True},
        verbose_name="for an existing user",
        help_text="Choose somebody who lost their password; leave it empty to invite somebody new.",
    )
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    used_at = models.DateTimeField(null=True, editable=False)
    used_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    objects = InvitationQuerySet.as_manager()

    path: str = ""  # of the link, only on the object that `invitations.issue` has just saved

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                name="accounts_invitation_roles_for_new_users_only",
                condition=models.Q(for_user=None) | models.Q(premium_role=False, editor_role=False, admin_role=False),
                violation_error_message=(
                    "A link for an existing user changes only the password. Leave premium, editor and admin "
                    "unticked; roles are changed on the user's own page."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"New password for {self.for_user}" if self.for_user else f"Invitation ({self.roles_in_words})"

    @property
    def state(self) -> str:
        """`used`, `expired` or `open`."""
        if self.used_at is not None:
            return "used"
        return "open" if self.expires_at > timezone.now() else "expired"


class ProviderKey(models.Model):
    """A user's own key for an outside service, encrypted. Only `accounts.keys` touches the ciphertext."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="provider_keys")
    provider = models.CharField(max_length=32, choices=providers.choices)
    ciphertext = models.TextField(editable=False)
    hint = models.CharField(max_length=4, blank=True, editable=False)  # the key's last characters
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("user__username", "provider")
        constraints = (models.UniqueConstraint(fields=("user", "provider"), name="accounts_providerkey_one_each"),)

    def __str__(self) -> str:
        return f"{self.get_provider_display()} key of {self.user}"

    @property
    def masked(self) -> str:
        """The key as it may be shown: dots, and the last four characters of a long enough one."""
        return f"••••{self.hint}"


class TryCounter(models.Model):
    """How often something guessable was tried within one window. In the database: all processes share it."""

    key = models.CharField(max_length=64, primary_key=True)  # a keyed hash: no names or addresses are kept
    tries = models.PositiveIntegerField(default=0)
    resets_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "try counter"

    def __str__(self) -> str:
        return f"{self.tries} tries until {self.resets_at:%H:%M:%S}"

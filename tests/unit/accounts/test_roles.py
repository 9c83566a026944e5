import pytest

from accounts import roles
from accounts.roles import Role


@pytest.mark.parametrize(
    ("held", "premium", "sees_all", "changes_all", "admin"),
    [
        (set(), False, False, False, False),
        ({Role.STANDARD}, False, False, False, False),
        ({Role.PREMIUM}, True, False, False, False),
        ({Role.EDITOR}, False, True, False, False),
        ({Role.EDITOR, Role.PREMIUM}, True, True, False, False),
        ({Role.ADMIN}, True, True, True, True),
    ],
)
def test_each_role_allows_what_the_table_says(
    held: set[Role], premium: bool, sees_all: bool, changes_all: bool, admin: bool
) -> None:
    them = frozenset(held)
    assert roles.is_premium(them) is premium
    assert roles.sees_all_channels(them) is sees_all
    assert roles.changes_all_channels(them) is changes_all
    assert roles.is_admin(them) is admin


def test_roles_in_words() -> None:
    assert roles.in_words({Role.STANDARD}) == "Standard"
    assert roles.in_words({Role.STANDARD, Role.PREMIUM}) == "Premium"
    assert roles.in_words({Role.EDITOR, Role.PREMIUM}) == "Premium and Editor"
    assert roles.in_words(set(Role)) == "Premium, Editor and Admin"

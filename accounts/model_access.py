"""Which language models a person may use. Pure rules: no models, no settings."""

from __future__ import annotations

from accounts import roles
from accounts.roles import Roles


def may_use(held: Roles, *, is_local: bool, is_small: bool, has_own_key: bool) -> bool:
    """Whether somebody with these roles may use a model.

    is_local: it runs on the studio's own machines. is_small: it is the small hosted model that the studio offers to all
    (setting LLM_MODEL). has_own_key: the person has a key of their own for its provider.
    """
    if roles.is_premium(held) or is_local or is_small:
        return True
    return roles.is_editor(held) and has_own_key


def refusal(held: Roles, model: str) -> str:
    """Why a model is not for them, and the way out."""
    if roles.is_editor(held):
        return f"“{model}” is for premium users, and for editors with a key of their own. Add one on your keys page."
    return f"“{model}” is for premium users. Choose a local model or the studio's own, or ask an admin for the role."

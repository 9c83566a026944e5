"""A quick password hasher that counts its work: what an attacker could measure with a clock, made exact."""

from typing import ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    """MD5, and how often it was computed since `hashed` was last set to nought."""

    algorithm = "counting"
    hashed: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        """Count, then hash."""
        CountingHasher.hashed += 1
        return super().encode(password, salt)

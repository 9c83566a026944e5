"""What a channel is about, and what a thousand views roughly earn there."""

from decimal import Decimal

from django.db import models


class Niche(models.TextChoices):
    """The niches of PRODUCT §3; `custom` has a name of its own."""

    GAMING = "gaming", "Gaming"
    TECH = "tech", "Tech"
    FINANCE = "finance", "Finance"
    EDUCATION = "education", "Education"
    ENTERTAINMENT = "entertainment", "Entertainment"
    HOW_TO = "how_to", "How-To"
    NEWS = "news", "News"
    LIFESTYLE = "lifestyle", "Lifestyle"
    HEALTH = "health", "Health"
    FOOD = "food", "Food"
    TRAVEL = "travel", "Travel"
    KIDS = "kids", "Kids"
    BEAUTY = "beauty", "Beauty"
    CUSTOM = "custom", "Custom"


# US dollars per thousand views, as a first guess that the channel's owner corrects.
USUAL_RPM: dict[str, Decimal] = {
    Niche.GAMING: Decimal("2.50"),
    Niche.TECH: Decimal("6.00"),
    Niche.FINANCE: Decimal("12.00"),
    Niche.EDUCATION: Decimal("5.00"),
    Niche.ENTERTAINMENT: Decimal("2.50"),
    Niche.HOW_TO: Decimal("4.50"),
    Niche.NEWS: Decimal("3.50"),
    Niche.LIFESTYLE: Decimal("3.50"),
    Niche.HEALTH: Decimal("5.50"),
    Niche.FOOD: Decimal("3.50"),
    Niche.TRAVEL: Decimal("4.00"),
    Niche.KIDS: Decimal("1.50"),
    Niche.BEAUTY: Decimal("4.00"),
    Niche.CUSTOM: Decimal("3.00"),
}

"""What a campaign is after, by the words in which its objective is said in English or Spanish. Pure."""

from enum import StrEnum

from watchbill.decisions.text import table
from watchbill.documents.words import speaks_of, words_of
from watchbill.platform.wire import CamelModel


class StrategyKind(StrEnum):
    """What a campaign is after."""

    BRAND_AWARENESS = "brand_awareness"
    LEAD_GENERATION = "lead_generation"
    ENGAGEMENT = "engagement"

    @property
    def posts_a_week(self) -> float:
        """How often it has people hear of it."""
        return _POSTS_A_WEEK[self]


_POSTS_A_WEEK = {
    StrategyKind.BRAND_AWARENESS: 10,
    StrategyKind.LEAD_GENERATION: 3.5,
    StrategyKind.ENGAGEMENT: 8,
}
_WORDS = {
    StrategyKind.BRAND_AWARENESS: table(
        """
        brand brands branding awareness visibility known recognition
        marca marcas reconocimiento visibilidad notoriedad conocer conocida conocido
        """
    ),
    StrategyKind.LEAD_GENERATION: table(
        """
        lead leads sale sales sell selling conversion conversions convert customers buyers purchases signups
        venta ventas vender conversion conversiones convertir clientes captar captacion compras registros
        """
    ),
}


class Strategy(CamelModel):
    """How a campaign reaches what it is after. `posting_frequency` is posts a week."""

    type: StrategyKind
    approach: str
    key_messages: tuple[str, ...]
    target_audience: str
    posting_frequency: float
    engagement_tactics: tuple[str, ...]
    trend_alignment: tuple[str, ...]


def strategy_of(objective: str) -> StrategyKind:
    """What an objective comes to: being known goes before selling, and what is neither is talking with people."""
    said = words_of(objective)
    for kind, words in _WORDS.items():
        if speaks_of(said, words):
            return kind
    return StrategyKind.ENGAGEMENT

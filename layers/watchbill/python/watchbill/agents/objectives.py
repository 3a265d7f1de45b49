"""What somebody wants to reach with content, by the words in which they say it in English or Spanish. Pure."""

from enum import StrEnum

from watchbill.decisions.text import table
from watchbill.documents.words import speaks_of, words_of


class Aim(StrEnum):
    """What content is for."""

    AWARENESS = "awareness"
    SALES = "sales"
    ENGAGEMENT = "engagement"


_WORDS = {
    Aim.SALES: table(
        """
        sale sales sell lead leads conversion conversions convert customer customers revenue buy purchase order booking
        venta ventas vender cliente clientes captacion captar conversiones comprar compra ingresos reservas pedidos
        facturacion
        """
    ),
    Aim.AWARENESS: table(
        """
        awareness brand branding reach visibility known launch presence marca notoriedad conocer conocimiento alcance
        visibilidad lanzamiento lanzar presencia reconocimiento
        """
    ),
}


def aim_of(objective: str | None) -> Aim:
    """What an objective comes to: selling before being known, and otherwise talking with people."""
    said = words_of(objective or "")
    for aim, words in _WORDS.items():
        if speaks_of(said, words):
            return aim
    return Aim.ENGAGEMENT

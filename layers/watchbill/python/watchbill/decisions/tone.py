"""How a message is meant: its sentiment, and whether it presses. Pure."""

from collections.abc import Sequence

from watchbill.decisions.models import Sentiment
from watchbill.decisions.text import Message, Word, table

URGENT, NOT_URGENT = 8, 5
_PRESSING = table(
    """
    urgent urgently urgente urgentemente urge urgen urgencia asap immediately imediately inmediatamente
    inmediato hurry emergency emergencia cuanto_antes lo_antes_posible right_now right_away ahora_mismo ya_mismo
    as_soon_as_possible straight_away de_inmediato de_una de_volada rapido rapidisimo rapidito quick quickly
    pronto_pronto apurate apurense apuro corre corriendo this_minute this_instant en_minutos in_minutes
    time_is_running se_acaba_el_tiempo para_ya necesito_ya lo_necesito_ya lo_quiero_ya right_this
    within_the_hour in_an_hour en_una_hora en_media_hora in_half_an contrarreloj a_la_brevedad
    """
)
_EASED = table(
    """
    no not sin isnt dont nada never
    """
)
_OTHERWISE = table(
    """
    care nurses ward room hospital sala medica contacts services exit
    """
)
_GOOD = table(
    """
    good great love loved lovely happy excited awesome amazing excellent perfect best wonderful fantastic thanks
    nice proud bueno buena buen genial encanta encanto feliz contento contenta excelente perfecto mejor
    maravilloso fantastico gracias increible orgulloso orgullosa emocionado emocionada lindo linda bonito bonita
    crack
    """
)
_BAD = table(
    """
    bad terrible awful hate hated worst angry sad disappointed disappointing frustrated annoying broken useless
    poor fail failed malo mala mal odio peor horrible enojado enojada triste decepcionado decepcionada frustrado
    frustrada fatal inutil pesimo pesima roto rota fallo fracaso harto harta molesto molesta asco
    """
)
_DENIAL_REACHES = 2


def urgency_of(message: Message) -> int:
    """8 where the message says that it presses, else 5, from 0 to 10."""
    return URGENT if any(_presses(message.words, at) for at in range(len(message.words))) else NOT_URGENT


def sentiment_of(message: Message) -> Sentiment:
    """What the words of praise and of blame come to; what is denied counts as its opposite."""
    words = [word for word in message.words if not word.quoted]
    balance = sum(_leaning(words, at) for at in range(len(words)))
    if not balance:
        return Sentiment.NEUTRAL
    return Sentiment.POSITIVE if balance > 0 else Sentiment.NEGATIVE


def _presses(words: Sequence[Word], at: int) -> bool:
    for length in (1, 2, 3, 4):
        phrase = words[at : at + length]
        if "_".join(word.folded for word in phrase) in _PRESSING and not any(word.quoted for word in phrase):
            after = words[at + length].folded if at + length < len(words) else ""
            return not _eased(words, at) and after not in _OTHERWISE
    return False


def _leaning(words: Sequence[Word], at: int) -> int:
    leaning = (words[at].folded in _GOOD) - (words[at].folded in _BAD)
    return -leaning if leaning and _eased(words, at) else leaning


def _eased(words: Sequence[Word], at: int) -> bool:
    before = words[max(0, at - _DENIAL_REACHES) : at]
    return any(word.folded in _EASED and word.clause == words[at].clause for word in before)

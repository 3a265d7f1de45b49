"""Words of English and Spanish as they are compared: folded, without those that say nothing, by their stems. Pure."""

import re
import unicodedata
from collections.abc import Iterable

from Stemmer import Stemmer

from watchbill.decisions.models import Language
from watchbill.decisions.text import table

_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
SMALL = table(
    """
a about above after again against all also am an and any are as at be because been before being below between
both but by can cannot could did do does doing down during each ever every few for from further get gets got had
has have having he her here hers him his how i if in into is it its itself just let like made make makes many
may me might more most much must my near need no nor not now of off on once one only or other our ours out over
own per said same say says she should since so some still such take takes than that the their theirs them then
there these they this those through to too two under until up upon us use used uses using very via was way we
well were what when where which while who whom whose why will with within without would yet you your yours
a al algo algun alguna algunas alguno algunos ante antes asi aun aunque bajo bien cada casi como con contra cual
cuales cualquier cuando cuanto cuya cuyo da dan de debe deben del desde dice dicen donde dos durante e el ella
ellas ellos en entre era eran es esa esas ese eso esos esta estaba estado estamos estan estar estas este esto
estos fue fueron ha haber habia hace hacen hacer hacia han hasta hay he hemos hizo incluso junto la las le les
lo los mas me mediante mejor menos mi mientras mis misma mismo mucha muchas mucho muchos muy nada ni no nos
nosotros nuestra nuestras nuestro nuestros o os otra otras otro otros para pero poco por porque puede pueden
pues que quien quienes se sea sean segun ser si sido siempre sin sino sobre son su sus tal tambien tan tanto te
tener tenia ti tiene tienen toda todas todo todos tras tu tus u un una unas uno unos usted y ya yo
"""
)
"""Words that say nothing by themselves, folded."""
_ASKING = table(
    """
anybody anyone explain hello hey hi know please tell thank thanks want wondering
cuanta cuantas cuantos decir decirme dime explica explicame favor gracias hola podeis podemos podria podriais podrian
podrias puedes puedo queria quiero quisiera saber sabes teneis tengo
"""
)
"""Words with which somebody asks, and which no answer need have."""
_STEMS = {Language.ENGLISH: "english", Language.SPANISH: "spanish"}


def folded(text: str) -> str:
    """A text without accents and capitals, as it is compared."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def words_of(text: str) -> list[str]:
    """A text's words, folded."""
    return _WORD.findall(folded(text))


def asked_for(question: str) -> list[str]:
    """The words of a question that an answer is to have; all of them where they are only small ones."""
    words = list(dict.fromkeys(words_of(question)))
    return [word for word in words if word not in SMALL and word not in _ASKING] or words


def speaks_of(said: Iterable[str], words: Iterable[str]) -> bool:
    """Whether any of these words was said, in whatever form, in either language; all of them folded."""
    text, meant = list(said), list(words)
    return any(
        not set(stems(meant, language).values()).isdisjoint(stems(text, language).values()) for language in Language
    )


def stems(words: Iterable[str], language: Language) -> dict[str, str]:
    """The stem of each word, folded, in a language: 'envios' and 'envio' have the same."""
    there = list(words)
    return dict(zip(there, Stemmer(_STEMS[language]).stemWords(there), strict=True))

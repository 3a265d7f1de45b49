"""Which of the two languages a message is in, by the small words that every sentence has. Pure."""

from collections.abc import Sequence

from watchbill.decisions.models import Language
from watchbill.decisions.text import Word, table

_OF = {
    Language.SPANISH: table(
    """
    el la los las un una unos unas de del al y e o que en con por para mi mis tu tus su sus nuestro nuestra
    nuestros nuestras es son esta este esto ese esa eso como cuando donde cual quien porque pero sino solo muy
    mas menos ya hoy manana ayer lunes martes miercoles jueves viernes sabado domingo semana mes ano quiero
    necesito puedes podrias hazme haz crea creame dame hola gracias favor porfa nos me se lo le les sobre desde
    hasta sin hay tengo tenemos quisiera hacer cuanto cuanta cuantos campana publicacion publica imagen informe
    calendario redes ventas buenas buenos dias tardes noches algo para ni tambien entre gustaria vamos podemos
    """
),
    Language.ENGLISH: table(
    """
    the a an of and or to in on at for with from by my your our his her their is are was were be been this that
    these those it its i we you they he she do does did don dont can could would should will how what when where
    which who why not but just only please thanks hello hi hey want need make create give show tell let lets us
    me about next last week month year today tomorrow yesterday monday tuesday wednesday thursday friday
    saturday sunday some any have has had there more post image picture report calendar schedule campaign id im
    ive like help get
    """
),
}  # fmt: skip


def language_of(words: Sequence[Word], preferred: Language | None) -> Language:
    """The language that most small words of a message are of; where neither has more, the preferred, else Spanish."""
    spoken = [word for word in words if not word.quoted]
    counts = {language: sum(word.folded in small for word in spoken) for language, small in _OF.items()}
    if counts[Language.SPANISH] == counts[Language.ENGLISH]:
        return preferred or Language.SPANISH
    return max(counts, key=lambda language: counts[language])

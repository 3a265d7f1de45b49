"""Which networks a message names, by whole words: by name or alias, and not those that are refused. Pure."""

from collections.abc import Iterator, Sequence

from watchbill.decisions.lexicon import lexicon, near
from watchbill.decisions.models import Channel
from watchbill.decisions.text import Word, table

_NAMES = {
    "instagram": Channel.INSTAGRAM, "ig": Channel.INSTAGRAM, "insta": Channel.INSTAGRAM,
    "stories": Channel.INSTAGRAM, "reels": Channel.INSTAGRAM, "reel": Channel.INSTAGRAM, "igs": Channel.INSTAGRAM,
    "facebook": Channel.FACEBOOK, "fb": Channel.FACEBOOK, "feisbuk": Channel.FACEBOOK, "facebuk": Channel.FACEBOOK,
    "feis": Channel.FACEBOOK, "fbk": Channel.FACEBOOK, "faceboo": Channel.FACEBOOK, "feisbuc": Channel.FACEBOOK,
    "twitter": Channel.TWITTER, "tweet": Channel.TWITTER, "tweets": Channel.TWITTER, "tuit": Channel.TWITTER,
    "tuits": Channel.TWITTER, "tuiter": Channel.TWITTER, "twiter": Channel.TWITTER, "tuitear": Channel.TWITTER,
    "tuitea": Channel.TWITTER, "twittear": Channel.TWITTER, "tweeting": Channel.TWITTER, "retweet": Channel.TWITTER,
    "tweetear": Channel.TWITTER, "tweeted": Channel.TWITTER, "tuiteame": Channel.TWITTER, "retuit": Channel.TWITTER,
    "tiktok": Channel.TIKTOK, "tiktoks": Channel.TIKTOK, "tictoc": Channel.TIKTOK, "tictok": Channel.TIKTOK,
    "tiktoc": Channel.TIKTOK, "toktok": Channel.TIKTOK,
    "linkedin": Channel.LINKEDIN, "linkdin": Channel.LINKEDIN, "linkedln": Channel.LINKEDIN, "lkdn": Channel.LINKEDIN,
    "linkedn": Channel.LINKEDIN,
    "youtube": Channel.YOUTUBE, "yt": Channel.YOUTUBE, "utube": Channel.YOUTUBE, "youtub": Channel.YOUTUBE,
    "shorts": Channel.YOUTUBE, "yutub": Channel.YOUTUBE, "iutub": Channel.YOUTUBE, "youtubes": Channel.YOUTUBE,
}  # fmt: skip
"""Names, aliases and spellings, folded."""
_IN_TWO = {("tik", "tok"): Channel.TIKTOK, ("linked", "in"): Channel.LINKEDIN, ("you", "tube"): Channel.YOUTUBE,
           ("tic", "tac"): None, ("face", "book"): Channel.FACEBOOK,
           ("insta", "pot"): None, ("insta", "gram"): Channel.INSTAGRAM,
           ("tik", "toks"): Channel.TIKTOK, ("tic", "toc"): Channel.TIKTOK}  # fmt: skip
_SHORTEST_MISTAKEN = 6
_LEADS_TO_A_NETWORK = table(
    """
    en on to in para for via por de of from y and e o or our my nuestro nuestra mi el la al del the a
    """
)
_SURELY_LEADS = table(
    """
    en on via
    """
)
_FOLLOWS_A_NETWORK = table(
    """
    del al se no has is va nos me y and e o or post posts account accounts cuenta profile perfil thread hilo
    para for que that to de of in en header campaign feed audience followers ads about sobre with con por
    """
)
_AFTER_X = table(
    """
    ray rays mas men files axis factor
    """
)
_FACE = table(
    """
    en al por el de y mi del para
    """
)
_DENIES = table(
    """
    no not sin without except excepto salvo ni nor never nunca dont skip menos neither forget olvida olvidate
    ignore avoid evita leave quita drop excluye menos
    """
)
_LIGHT = table(
    """
    a an the el la los las en on in to for para de of y and o or ni nor any al nada use uses usar publish
    publiques publicar post posts postees subas subir want quiero pongas poner put it lo anything algo toques
    touch toca mas una un los sueltos about campana campaign video videos campanas sea not do hagas it's with
    con por del nothing ningun ninguna from te me de por ahora touch twitter instagram facebook tiktok linkedin
    youtube ig insta fb x yt uses include incluyas metas
    """
)
_ENDS_DENIAL = table(
    """
    pero but sino solo just only mejor instead solamente
    """
)
_REACH = 8


def channels_in(words: Sequence[Word]) -> tuple[Channel, ...]:
    """The networks a message is for or about, in the order they are first named."""
    named = [word for word in words if not word.quoted]
    found = [channel for at, channel in _named(named) if not _denied(named, at)]
    return tuple(dict.fromkeys(found))


def _named(words: Sequence[Word]) -> Iterator[tuple[int, Channel]]:
    for at, word in enumerate(words):
        two = (word.folded, words[at + 1].folded) if at + 1 < len(words) else None
        if two in _IN_TWO:
            channel = _IN_TWO[two]
        elif word.folded == "x":
            channel = Channel.TWITTER if _is_network(words, at) else None
        elif word.folded == "face":
            channel = Channel.FACEBOOK if at and words[at - 1].folded in _FACE else None
        else:
            channel = _NAMES.get(word.folded) or _NAMES.get(word.folded.removesuffix("s")) or _mistaken(word.folded)
        if channel:
            yield at, channel


def _mistaken(word: str) -> Channel | None:
    """The network whose name a word is with one letter wrong or its letters in disorder, unless the word is another."""
    if len(word) < _SHORTEST_MISTAKEN or lexicon().concept(word):
        return None
    return next((channel for channel in Channel if channel.value[0] == word[0] and _alike(channel.value, word)), None)


def _alike(name: str, word: str) -> bool:
    return near(name, word) or sorted(name) == sorted(word)


def _is_network(words: Sequence[Word], at: int) -> bool:
    """Whether an x stands where a network can: after a preposition, and not before what it would be a number of."""
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) and words[at + 1].clause == words[at].clause else None
    if before is None or before.clause != words[at].clause or before.folded not in _LEADS_TO_A_NETWORK:
        beside = before is not None and _NAMES.get(before.folded) is not None
        return beside or (after is not None and after.folded in ("account", "post", "thread"))
    if after is None or before.folded in _SURELY_LEADS:
        return after is None or (after.folded not in _AFTER_X and not after.folded[0].isdigit())
    return after.folded in _FOLLOWS_A_NETWORK or after.folded in _NAMES


def _denied(words: Sequence[Word], at: int) -> bool:
    """Whether a network is refused: a negation stands before it in its clause with nothing of weight between."""
    for before in range(at - 1, max(-1, at - 1 - _REACH), -1):
        word = words[before]
        if word.clause != words[at].clause or word.folded in _ENDS_DENIAL:
            return False
        if word.folded in _DENIES:
            return True
        if word.folded not in _LIGHT:
            return False
    return False

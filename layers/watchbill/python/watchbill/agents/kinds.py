"""The kinds of content that the writer knows, what a professional expects of each, and their languages. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

MOST_CONTENT = 50_000
"""Bytes of all texts of a task as JSON: with what they were written for they fit in a run record."""
LONGEST_TEXT, LONGEST_LONG_TEXT = 5_000, 10_000
"""Bytes of a text as JSON, and of one of the kinds that are long."""


class Kind(StrEnum):
    """What can be drafted. Campaigns name kinds in capitals and call them content types."""

    OUTREACH_EMAIL = "outreach_email"
    LINKEDIN_MESSAGE = "linkedin_message"
    BLOG_POST = "blog_post"
    SOCIAL_POST = "social_post"
    EMAIL = "email"
    AD_COPY = "ad_copy"
    LANDING_PAGE = "landing_page"
    VIDEO_SCRIPT = "video_script"
    PRODUCT_DESCRIPTION = "product_description"
    PRESS_RELEASE = "press_release"
    NEWSLETTER = "newsletter"
    INFOGRAPHIC = "infographic"


def _by_word(value: Any) -> Any:
    if isinstance(value, str):
        if value.lower() in frozenset(Kind):
            return Kind(value.lower())
        raise ValueError(f"{value[:100]!r} is none of {', '.join(kind.upper() for kind in Kind)}")
    return value


KindWord = Annotated[Kind, BeforeValidator(_by_word)]
"""A kind by its word, in capitals or not."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a draft of a kind is like, as the model is told it, with the parts of its answer, and whether it is long."""

    what: str
    how: str
    subject: str
    is_long: bool = False
    parts: str = "`body` is the text itself, without it."

    @property
    def most_drafts(self) -> int:
        """How many drafts one task writes at most: the longer they may be, the fewer."""
        return MOST_CONTENT // (LONGEST_LONG_TEXT if self.is_long else LONGEST_TEXT)

    @property
    def answer_tokens(self) -> int:
        """How many tokens a model needs for a draft, in either language."""
        return 4_000 if self.is_long else 2_000


FORMS = {
    Kind.OUTREACH_EMAIL: Form(
        "a first e-mail to somebody who does not know the sender yet",
        "At most 150 words. Begin with the reason to write to this reader now, say the one thing that the sender can "
        "do about it, and end with one small request that is easy to answer. No list, no flattery.",
        "the subject of the e-mail: at most 60 characters that say what it is about",
    ),
    Kind.LINKEDIN_MESSAGE: Form(
        "a LinkedIn message to somebody who does not know the sender yet",
        "At most 80 words, without a greeting line or a signature. One reason to write, one question.",
        "a few words on what the message is about",
    ),
    Kind.BLOG_POST: Form(
        "a blog post",
        "400 to 600 words in Markdown. The first paragraph says what the reader will know at the end and why it "
        "matters. Then two to four sections, each with a `##` heading that says what it claims, with examples rather "
        "than adjectives. The last paragraph draws the conclusion and says what to do with it.",
        "the title: at most 70 characters that say what the post claims or teaches",
    ),
    Kind.SOCIAL_POST: Form(
        "a post for a social network",
        "At most 80 words. The first line has to make a reader stop, because networks hide what follows; then one "
        "thought, and one question or invitation. At most three hashtags, at the end.",
        "a few words on what the post is about",
    ),
    Kind.EMAIL: Form(
        "an e-mail of a campaign, to people who know the sender and agreed to be written to",
        "100 to 200 words in Markdown. The first line, which previews show beside the subject, adds something to it. "
        "One message, what the reader has from it, and one call to action in bold on a line of its own; a second "
        "purpose would halve the first. Paragraphs of at most three lines.",
        "the subject of the e-mail: at most 50 characters, without capitals for emphasis, no promise it cannot keep",
    ),
    Kind.AD_COPY: Form(
        "the texts of an advertisement",
        "For search: ten headlines of at most 30 characters each, spaces included, which make sense in any order and "
        "do not repeat each other, and four descriptions of at most 90 characters each. For social networks: two "
        "versions that argue differently, each with a text of at most 125 characters, a headline of at most 40 and a "
        "call to action of at most three words. Count the characters: what is longer is left out. No superlatives "
        "that nothing in the material proves, and no exclamation marks in headlines.",
        "a few words on what is advertised",
        parts="`headlines` and `descriptions` are for search, `social` are the versions for social networks.",
    ),
    Kind.LANDING_PAGE: Form(
        "the copy of a landing page",
        "500 to 900 words in Markdown, for one offer and one action. In this order: a `#` headline of at most ten "
        "words with what the reader gains; one or two sentences below it on for whom and how; the call to action, a "
        "verb and what one gets, in bold; `##` the problem in the reader's words; `##` three to five benefits, each a "
        "`###` heading and two sentences that lead from a feature to what it is good for; `##` how it works, in three "
        "steps; `##` proof, only if the material holds some: figures, customers or quotations are never made up; `##` "
        "four questions that readers have before they decide, answered by the material; the same call to action "
        "again.",
        "the page's title as search engines show it: at most 60 characters",
        is_long=True,
    ),
    Kind.VIDEO_SCRIPT: Form(
        "the script of a video of 60 to 90 seconds",
        "In Markdown, 150 to 220 spoken words in five to eight scenes. Each scene is a `###` heading with its number "
        "and its time, as in `### Scene 2 (0:08-0:20)`, and below it three lines that begin with **Picture:** (what is "
        "seen, so that it can be filmed), **Voice:** (what is said, in sentences that can be spoken in one breath) and "
        "**On screen:** (at most seven words, or a dash). The times follow one another without gaps at two and a half "
        "spoken words a second. The first scene wins the viewer within five seconds, without a greeting; the last has "
        "one call to action.",
        "the title of the video: at most 60 characters",
        is_long=True,
    ),
    Kind.PRODUCT_DESCRIPTION: Form(
        "the description of a product in a shop",
        "120 to 250 words in Markdown. A sentence on what it is, for whom, and what it makes possible; a paragraph on "
        "using it; a list of four to six points, each a property with what it is good for. Then `##` a list of "
        "specifications, only those of the material with their units, and left out when there are none. Nothing about "
        "price, delivery, warranty or certificates that the material does not say.",
        "the product's name as a search would find it: at most 70 characters, what it is and what tells it from others",
    ),
    Kind.PRESS_RELEASE: Form(
        "a press release",
        "300 to 450 words in Markdown, in the third person and without praise, so that a journalist can print it. A "
        "paragraph of at most 35 words that answers who, what, when, where and why as far as the material does, with "
        "place and date in front of it only if they are known; then the facts from the most to the least important, so "
        "that it can be cut from the end; a quotation only if the material holds its words and who said them. It ends "
        "with `##` and a paragraph on who the sender is, and whom to ask, if that is known.",
        "the headline: at most 90 characters, the news itself in the present tense",
    ),
    Kind.NEWSLETTER: Form(
        "an issue of a newsletter",
        "400 to 700 words in Markdown. Two sentences that say why this issue is worth the time; then three to five "
        "pieces, the most useful first, each with a `##` heading that says what is new, 60 to 120 words that also help "
        "those who read no further, and a line on what can be done with it. The last section is one question or "
        "invitation to answer. When the material is enough for fewer pieces, write fewer.",
        "the subject of the e-mail: at most 50 characters, the best piece rather than a number or a month",
        is_long=True,
    ),
    Kind.INFOGRAPHIC: Form(
        "the outline of an infographic, from which a designer can draw it",
        "In Markdown, five to seven panels that tell one story from top to bottom. Each is a `###` heading of at most "
        "eight words and below it three lines that begin with **Shows:** (which kind of picture or chart, and of "
        "what), **Figures:** (those of the material with their units and where they are from, or a dash) and **Text:** "
        "(at most 25 words as they are printed). A chart only where the material has the figures for it; without "
        "figures the panel explains with a picture. The last panel says what follows from it all, and below it stands "
        "a line with the sources that the material names.",
        "the title of the infographic: at most 60 characters",
    ),
}

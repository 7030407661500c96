"""Tell whether an answer is in English: by script, then by function words. Quoted page text doesn't count."""

import re
import unicodedata

from judge.quotes import BLANK, mask

_WORD = re.compile(r"[^\W\d_]+")

_ENGLISH_WORDS = (
    "the a an is are was were has have been of in on at to and or with from that this it its now than more less no not "
    "between there which both for by as but i any be changed change difference differences text button image"
)
ENGLISH = frozenset(_ENGLISH_WORDS.split())
_FOREIGN_WORDS = (
    # Spanish, Portuguese, Italian, French
    "el la los las un una unos es son está están más menos del al y en con por que se su ahora entre no se ha "
    "o os uma é são está foi do da dos das em com mais menos não agora il lo gli uno è sono più meno della nel ora "
    "le les des une est sont plus moins du au aux dans et sur avec maintenant pas entre cette ce qui "
    # German, Dutch, Swedish, Turkish, Polish, Indonesian, Vietnamese
    "der die das den dem ein eine einen ist sind wurde wird und nicht mehr auf mit im jetzt zwischen von zu größer "
    "het een zijn niet meer van voor met och är inte som till bir ve daha bu için değil olarak jest nie się na "
    "yang dan tidak lebih dengan pada ini của và là không đã được"
)
FOREIGN = frozenset(_FOREIGN_WORDS.split()) - ENGLISH  # fmt: skip


def is_english(text: str) -> bool:
    """Return False where the answer's own words are in another script or another language.

    Too little evidence (no function word at all) counts as English.
    """
    own = mask(text).replace(BLANK, " ")
    words = [word.casefold() for word in _WORD.findall(own)]
    english = sum(word in ENGLISH for word in words)
    letters = [char for char in own if char.isalpha()]
    num_latin = sum(_is_latin(char) for char in letters)
    if 2 * num_latin < len(letters):
        return english >= 3
    return sum(word in FOREIGN for word in words) <= english


def _is_latin(char: str) -> bool:
    return char.isascii() or unicodedata.name(char, "").startswith("LATIN")

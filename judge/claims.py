"""Split an answer into claims: bullets, else sentences; denials, headings and "X is unchanged" fall away."""

import re
from dataclasses import dataclass
from itertools import islice, pairwise

from judge import edits
from judge.kinds import find_kinds, has_change_mark
from judge.quotes import BLANK, mask
from judge.tables import unfold_tables
from judge.words import ATTRIBUTES, ROLE_OF, join_phrases, places, tokens

_BULLET = re.compile(r"^(\s*)(?:[-*+•‣–—·▪●○◦]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+(?=\S)")
_MARKUP = re.compile(r"\*\*|__|^\s*>\s?|~~")
_HEADING = re.compile(r"^\s*#{1,6}\s|:\s*$")
_SENTENCE_END = re.compile(
    rf"(?<!e\.g)(?<!i\.e)(?<!approx)(?<! vs)(?<!\d)[.!?]+[)\"”']?\s+(?=[^\W\d_]|[\"“'‘({BLANK}\d])"
    rf"|(?<=\d)\.\s+(?=[A-Z{BLANK}])"
)
_LABEL = re.compile(r"^(?:element|what changed|what|change|direction|magnitude|direction/magnitude|location"
                    r"|before|after|details?|type"
                    r"|nature|kind|image [ab12]|first|second|where|old|new|description)\s*:", re.I)  # fmt: skip
_FIRST_LABEL = re.compile(r"^(?:element|location|where)\s*:", re.I)

_FILLER = (
    r"(?:(?:visible|noticeable|discernible|discernable|obvious|other|apparent|perceptible|significant|visual"
    r"|visually|real|actual|actually"
    r"|detectable|meaningful|clear|clearly|such|further|additional|more|observable|major|single|at all|evident"
    r"|identifiable|any|the|a|an"
    r"|layout|content|color|colour|style|styling|text|textual|pixel|least|bit|of|or|and|in|kind|css|structural"
    r"|remarkable|distinguishable"
    r"|signs?|trace|hint|evidence)[ ,]+){0,8}"
)
_CHANGE = (
    r"(?:differen\w*|discrepanc\w*|chang\w*|modif\w+|alter\w*|variation\w*|deviation\w*|differ|edits?|distinctions?)"
)
_AUXILIARY = r"(?:do|does|did|has|have|had|is|are|was|were|could|can|would|should)"
_DENIAL = re.compile(
    rf"\b(?:no|zero|without|nor|neither|not a) (?!longer){_FILLER}{_CHANGE}\b"
    rf"|\bidentical\b|\bunchanged\b|\bunaltered\b|\bunmodified\b|\bindistinguishable\b|\bindiscernible\b"
    rf"|\bduplicates?\b|\bcarbon copy\b"
    r"|\b(?:remain\w*|stay\w*|look\w*|appear\w*|is|are|was|were|be|kept|keeps?|exactly|the very|one and"
    r"|seems?) (?:\w+ ){0,3}?(?:the )?same\b(?! \w+ as)"
    rf"|\bnothing (?:\w+ ){{0,4}}?(?:{_CHANGE}|moved|new|stands? out|happened|was touched)\b|\b(?:see|saw"
    rf"|spot\w*|found|find|notice\w*) nothing\b"
    rf"|\b(?:{_AUXILIARY} not|cannot|{_AUXILIARY}n['’]t|ca n['’]t|can['’]t|unable to|fail(?:ed)? to"
    rf"|never) (?:\w+ ){{0,3}}?"
    rf"(?:see|find|found|identify|spot|notice|detect|observe|perceive|discern|make out|tell|pick out|locate"
    rf"|point (?:to|out)|chang\w*|differ\w*"
    rf"|been changed|alter\w*|modif\w*|moved?|shift\w*|be distinguished)\b"
    r"|\b(?:keeps?|kept|retain\w*) (?:its|their|the)\b|[:\u2014\u2013-]\s*(?:the )?same\W*$|^\W*nothing\b(?! but\b)"
    r"|\bmatch(?:es)? (?:exactly|perfectly|pixel|each other|one another|completely|otherwise)|\ball match\b"
    r"|\b(?:nothing"
    r"|none)\b[.!]?\s*$|^\W*none\b"
)  # fmt: skip
_UNDENIED = re.compile(
    r"\b(?:not|n['’]t|no longer|hardly|isn['’]t|aren['’]t) (?:\w+ ){0,2}?(?:identical|unchanged|the same"
    r"|indistinguishable)\b"
)
_CONDITION = re.compile(
    r"^\W*(?:if (?:there|anything|any|you|something)|let me know|please|hope|note that (?:i|this))\b"
)
_MEDIA = r"(?:images?|screenshots?|pictures?|photos?|attachments?|attached files?)"
_NOT = rf"(?:(?:{_AUXILIARY} not|cannot|{_AUXILIARY}n['’]t|can['’]t|unable to|not able to|fail(?:ed)? to)\b)"
_SIGHT = (
    r"(?:see|find|view|open|load|access|display|read|identify|detect|locate|process"
    r"|analy[sz]e|compare|receive|make out)"
)
_UNSEEN = re.compile(
    rf"\b{_NOT} (?:\w+ ){{0,2}}?{_SIGHT} (?:(?:any|the|your|these|those|both|either|two|an?|attached|provided|uploaded"
    rf"|such|actual|of|or|and|{_SIGHT}) ){{0,5}}{_MEDIA}\b(?![ -](?:\w+ ){{0,3}}?(?:differ|chang|mov|shift|alter|modif"
    rf"|remov|add|distinct|clearly|well|in (?:full )?detail))"
    rf"|\b{_NOT} (?:\w+ )?{_SIGHT} what (?:is|was|are) (?:being )?(?:shown|depicted|displayed|pictured|in the)\b"
    r"|\b(?:images|screenshots|pictures|attachments?) (?:\w+ ){0,3}?(?:(?:failed|fail) to|(?:do|did|could|can"
    r"|are|were|is|was"
    r"|have|has)(?: not|n['’]t)|cannot|can['’]t) (?:\w+ ){0,2}?(?:load|open|attach|upload|provide|display|seen"
    r"|viewed|visible"
    r"|available|accessible|found|render|come through|came through)\w*(?! (?:in|on|any ?more|any longer)\b)"
    rf"|\bno {_MEDIA} (?:\w+ ){{0,3}}?(?:attached|provided|uploaded|found|visible|available|received|included"
    rf"|to compare)\b"
)
"""Says that the images can't be seen, opened, found or loaded: neither a claim nor a denial of change."""
_CONTRAST = re.compile(
    r",?\s*(?:—\s*|–\s*|- )?\b(?:but|however|except(?:ing)?(?: (?:that|for))?|although|though|whereas|yet"
    r"|save for|other than|apart from|aside from"
    r"|besides|only|while)\b,?\s*"
)
_REST = re.compile(
    r"[,—–(-]?\s*(?:\b(?:and|with|while|which (?:is|are|was|were|remains?|looks?)) )?"
    r"\b(?:no other|nothing else|everything else|all else|the rest|all other|otherwise)\b[^,;.]*,?"
)
_OPENING_EXCEPTION = re.compile(r"^\W*(?:apart|aside|other than|except|besides|save)\b[^,]*,")
_JOINT = re.compile(
    r"\s*(?:;|,?\s*\band also\b|,?\s*\band\b|,?\s*\bas well as\b|,\s*\bwhile\b|,\s*\bwhereas\b|,\s*(?=the\b))\s*"
)
_PAGE = re.compile(
    r"\b(?:page|layout|design|screen|screenshots?|images?|background|everything|whole|overall|something)\b"
)
_META = re.compile(
    r"\b(?:i|we) (?:have |can |could |also |was able to )?(?:found|find|spot\w*|identif\w+"
    r"|notice\w*|observe\w*|see|compared|list\w*|detect\w*)\b"
    r"|\b(?:following|here (?:are|is)|there (?:are|is)|below are|differences?|changes?) ",
    re.I,
)


_SUMMARY = re.compile(
    r"^\W*(?:overall|in (?:summary|short|conclusion|total|sum)|to (?:sum up|summari[sz]e|conclude)|summary)\b", re.I
)
_CONSEQUENCE = re.compile(r"(?:, so|\bso that|\bmaking|\bcausing|\bpushing|\bas a result|\btherefore)\b", re.I)
_EARLIER_FRAME = re.compile(
    r"^\W*(?:in |on )?(?:the )?(?:(?:image|screenshot|version) (?:a|1|one)|before|previously|(?:first|earlier"
    r"|original|old)"
    r" (?:image|screenshot|version|one|page))\b",
    re.I,
)
_LATER_FRAME = re.compile(
    r"^\W*(?:in |on )?(?:the )?(?:(?:image|screenshot|version) (?:b|2|two)|after|now|(?:second|later|new|updated|other)"
    r" (?:image|screenshot|version|one|page))\b",
    re.I,
)
_JOINT_REACH, _MAX_JOINTS = 400, 100
"""How many characters beside a joint are read, and how many joints of one claim are tried."""
MAX_ANSWER_LENGTH = 20_000
"""How many characters of an answer are judged, from its start; the rest is not read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what an answer says: its claims, and whether any of it denies change."""

    claims: tuple[str, ...]
    is_denial: bool


def read(text: str) -> Reading:
    """Return the claims of an answer; none where every sentence that is left denies change."""
    claims: list[str] = []
    is_denial = False
    is_blind = is_unseen(text)
    for unit, is_bullet in _join_frames(_units(text)):
        if claims and _SUMMARY.match(unit):
            continue
        kept, denied = _keep_claims(unit)
        is_denial = is_denial or denied
        for clause in kept:
            if not is_bullet and claims and not names_element(clause) and not _META.search(clause):
                claims[-1] = f"{claims[-1]} {clause}"
            elif _is_claim(clause, is_bullet=is_bullet):
                claims.append(clause)
    return Reading(tuple(half for claim in claims for half in _split_joint(claim)), is_denial and not is_blind)


def names_element(text: str) -> bool:
    """Tell whether the text names an element: by a quote, a role, or a capitalised name."""
    masked = mask(text)
    if BLANK in masked or _NAME.search(masked) or _WHOLE_PAGE.match(masked):
        return True
    return any(token.word in ROLE_OF and token.word not in ATTRIBUTES for token in tokens(join_phrases(masked)))


_WHOLE_PAGE = re.compile(r"\W*the (?:whole |entire )?(?:page|layout)\b", re.I)
_NAME = re.compile(r"(?<=[a-z,] )(?!I\b|Image\b|Screenshot\b|CSS\b|A\b|B\b|It\b)[A-Z]\w+")


def _units(text: str) -> list[tuple[str, bool]]:
    """Return bullets (with what hangs below them) and the sentences between them."""
    units: list[tuple[str, bool]] = []
    indent = -1
    for line in _MARKUP.sub("", unfold_tables(text.replace("\r", "\n"))).split("\n"):
        bullet = _BULLET.match(line)
        body = line[bullet.end() :] if bullet else line.strip()
        if not body.strip(" -=*_"):
            indent = indent if bullet else -1 if not line.strip() and indent < 0 else indent
        elif bullet and _starts_unit(bullet, body, indent):
            units.append((body.strip(), True))
            indent = len(bullet[1])
        elif units and units[-1][1] and indent >= 0 and (bullet or line[:1].isspace() or _LABEL.match(body)):
            units[-1] = (f"{units[-1][0]}; {body.strip()}", True)
        elif not _HEADING.search(line):
            indent = -1
            units += [(sentence, False) for sentence in _sentences(body)]
    return units


def _join_frames(units: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Join "before: ..." with the "after: ..." that follows it: two halves of one claim."""
    joined: list[tuple[str, bool]] = []
    for unit, is_bullet in units:
        if joined and _LATER_FRAME.match(unit) and _EARLIER_FRAME.match(joined[-1][0]):
            joined[-1] = (f"{joined[-1][0]} {unit}", joined[-1][1])
        else:
            joined.append((unit, is_bullet))
    return joined


def _starts_unit(bullet: re.Match[str], body: str, indent: int) -> bool:
    if indent < 0:
        return True
    return len(bullet[1]) <= indent and (not _LABEL.match(body) or bool(_FIRST_LABEL.match(body)))


def _sentences(text: str) -> list[str]:
    masked, start, found = mask(text), 0, []
    for end in _SENTENCE_END.finditer(masked):
        found.append(text[start : end.end()].strip())
        start = end.end()
    return [sentence for sentence in [*found, text[start:].strip()] if sentence]


def _keep_claims(unit: str) -> tuple[list[str], bool]:
    """Drop what denies change or only sets conditions; the rest of the unit is one text."""
    kept: list[str] = []
    is_denial = False
    for sentence in (piece for whole in _sentences(unit) for piece in _split_denied(whole)):
        clauses = _clauses(sentence)
        left = [clause for clause in clauses if not _says_nothing(clause)]
        is_denial = is_denial or any(denies(clause) for clause in clauses)
        if (
            len(left) < len(clauses)
            and left
            and not any(names_element(clause) or _PAGE.search(clause) for clause in left)
        ):
            left = [sentence] if any(has_change_mark(mask(clause).lower()) for clause in left) else []
        kept += left
    return ([" ".join(kept)] if kept else []), is_denial


def denies(text: str) -> bool:
    """Tell whether a clause says that something did not change."""
    masked = mask(text).lower()
    return bool(_DENIAL.search(masked)) and not _UNDENIED.search(masked)


def is_unseen(text: str) -> bool:
    """Tell whether a text says that the images can't be seen, opened, found or loaded."""
    return bool(_UNSEEN.search(mask(text).lower()))


def _says_nothing(clause: str) -> bool:
    return denies(clause) or is_unseen(clause) or bool(_CONDITION.search(mask(clause).lower()))


def _split_denied(sentence: str) -> list[str]:
    """Split at ";" where one side denies change and another claims one; "no other differences" falls away there."""
    if not denies(sentence):
        return [sentence]
    pieces = _pieces(sentence)
    if len(pieces) < 2 or not any(_claims_change(piece) for piece in pieces):
        pieces = [sentence]
    return [_without_rest(piece.strip()) for piece in pieces]


def _pieces(sentence: str) -> list[str]:
    cuts = [-1, *(at for at, char in enumerate(mask(sentence)) if char == ";"), len(sentence)]
    return [sentence[start + 1 : end] for start, end in pairwise(cuts)]


def _without_rest(text: str) -> str:
    """Return a text without what it says of all else, where the remainder claims a change."""
    masked = mask(text).lower()
    rest = _REST.search(masked)
    remainder = f"{text[: rest.start()]} {text[rest.end() :]}".strip() if rest else text
    return remainder if rest and _claims_change(remainder) else text


def _claims_change(text: str) -> bool:
    masked = mask(text).lower()
    return not denies(text) and names_element(text) and bool(find_kinds(masked).parts) and has_change_mark(masked)


def _clauses(sentence: str) -> list[str]:
    """Split at a contrast, but only where one side denies change and the other doesn't."""
    if not denies(sentence) and not is_unseen(sentence):
        return [sentence]
    masked = mask(sentence).lower()
    cuts = [(match.start(), match.end()) for match in _CONTRAST.finditer(masked)]
    if opening := _OPENING_EXCEPTION.match(masked):
        cuts = [(opening.end() - 1, opening.end())]
    clauses, start = [], 0
    for cut, resume in [*cuts, (len(sentence), len(sentence))]:
        clauses.append(sentence[start:cut].strip(" ,"))
        start = resume
    return [clause for clause in clauses if re.search(r"\w", clause)]


def _is_claim(text: str, *, is_bullet: bool) -> bool:
    masked = mask(text).lower()
    kinds = find_kinds(masked)
    if is_bullet:
        return bool(kinds.parts) or kinds.is_vague or has_change_mark(masked)
    if not kinds.parts:
        names = names_element(text) or bool(places(masked)) or bool(_PAGE.search(masked) and not _META.search(masked))
        return names and kinds.is_vague and not (_META.match(masked) and not names_element(text))
    return has_change_mark(masked) or edits.tells_two_texts(text)


def _split_joint(claim: str) -> list[str]:
    """Split at a joint whose two sides each name an element and a kind of change, the right one element first.

    Only `_JOINT_REACH` characters on either side are read, so that time grows with the claim's length alone.
    """
    parts, start = [], 0
    for joint in islice(_JOINT.finditer(mask(claim).lower()), _MAX_JOINTS):
        left = claim[max(start, joint.start() - _JOINT_REACH) : joint.start()]
        right = claim[joint.end() : joint.end() + _JOINT_REACH]
        if _CONSEQUENCE.search(left):
            break
        if _names_element_first(right) and _is_whole(left) and _is_whole(right):
            parts.append(claim[start : joint.start()])
            start = joint.end()
    return [*parts, claim[start:]]


def _is_whole(text: str) -> bool:
    masked = mask(text).lower()
    return names_element(text) and bool(find_kinds(masked).parts) and has_change_mark(masked)


def _names_element_first(text: str) -> bool:
    masked = join_phrases(mask(text))
    opening = re.match(r"(?:the |a |an |another |its? |in the [\w ]{0,20}, the )?((?:\w+ ){0,3}?)(\w+|¤+)", masked)
    lead = " ".join(masked.split()[:5])
    has_element = BLANK in lead or any(token.word in ROLE_OF for token in tokens(lead))
    return (
        opening is not None
        and has_element
        and not re.match(r"(?:is|was|has|moved|now|shifted|from|to|its|more|less)\b", masked)
    )


SOURCES = (
    _DENIAL.pattern,
    _UNSEEN.pattern,
    _REST.pattern,
    _UNDENIED.pattern,
    _CONTRAST.pattern,
    _JOINT.pattern,
    _META.pattern,
    _CHANGE,
)
"""The patterns of this module, for the judge's identity."""

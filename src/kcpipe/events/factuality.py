"""Whether what a word tells has happened, is planned, tried, only supposed or denied.

The judgement starts at the predicate (its tense, auxiliaries, negation) and climbs through what governs it: in
"was expected to refuse to establish ties", "establish" is judged by "refuse", then by "expected". The innermost
word that does not simply pass the event on decides; the classes of words are data (`data/factuality.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from kcpipe.events.syntax import PASSIVE_SUBJECTS, SUBJECTS, VERBAL, Sentence
from kcpipe.lexicon import Lexicon
from kcpipe.syntax import Token

HEADLINE_ROLES = ("title", "deck", "subheading")


class Judgement(NamedTuple):
    """The status of a report, and whether it is told as not having happened."""

    status: str
    is_negated: bool = False


@dataclass(frozen=True)
class Factuality:
    """The word classes of the lexicon `factuality`."""

    governors: Mapping[str, str]
    auxiliaries: Mapping[str, str]
    supposing: frozenset[str]
    negation: frozenset[str]
    announcing: frozenset[str]
    performing: frozenset[str]
    definite: frozenset[str]
    singling_out: frozenset[str]
    known_by: frozenset[str]
    passing_prepositions: frozenset[str]
    lacking_prepositions: frozenset[str]
    ahead_prepositions: frozenset[str]
    aside_prepositions: frozenset[str]
    timeless: frozenset[str]
    limits: frozenset[str]
    spans: frozenset[str]
    choices: frozenset[str]
    occasions: frozenset[str]
    true: frozenset[str]
    limiting: frozenset[str]
    telling: frozenset[str]
    looking_back: frozenset[str]
    describing: frozenset[str]


@lru_cache(maxsize=8)
def load_factuality(lexicon: Lexicon) -> Factuality:
    """The word classes by word."""
    rules = lexicon.rules
    return Factuality(
        governors={word: kind for kind, words in rules["governors"].items() for word in words},
        auxiliaries={word: kind for kind, words in rules["auxiliaries"].items() for word in words},
        supposing=frozenset(rules["clauses"]["supposing"]),
        negation=frozenset(rules["negation"]["words"]),
        announcing=frozenset(rules["announcing"]["verbs"]),
        performing=frozenset(rules["announcing"]["performing"]),
        definite=frozenset(rules["nouns"]["definite"]),
        singling_out=frozenset(rules["nouns"]["singling_out"]),
        known_by=frozenset(rules["nouns"]["known_by"]),
        passing_prepositions=frozenset(rules["clauses"]["passing_prepositions"]),
        lacking_prepositions=frozenset(rules["clauses"]["lacking_prepositions"]),
        ahead_prepositions=frozenset(rules["clauses"]["ahead_prepositions"]),
        aside_prepositions=frozenset(rules["clauses"]["aside_prepositions"]),
        timeless=frozenset(rules["clauses"]["timeless"]),
        limits=frozenset(rules["clauses"]["limits"]),
        spans=frozenset(rules["clauses"]["spans"]),
        choices=frozenset(rules["clauses"]["choices"]),
        occasions=frozenset(rules["clauses"]["occasions"]),
        true=frozenset(rules["clauses"]["true"]),
        limiting=frozenset(rules["negation"]["not_before"]),
        telling=frozenset(rules["hearsay"]["verbs"]),
        looking_back=frozenset(rules["story"]["looking_back"]),
        describing=frozenset(rules["habits"]["describing"]),
    )


def judge(sentence: Sentence, predicate: Token, words: Factuality) -> Judgement | None:
    """The status of what a verb or noun tells; None when the words neither assert nor question that it happened."""
    return _Judge(sentence, words).token(predicate)


def takes_as_known(sentence: Sentence, noun: Token, words: Factuality) -> bool:
    """Whether a noun speaks of something the reader knows: "the visit", "its acquisition", "this deal"."""
    determiners = sentence.children(noun, "det", "poss") if noun.part_of_speech not in VERBAL else []
    return any(word.dependency == "poss" or word.lemma in words.definite for word in determiners)


@dataclass(frozen=True)
class _Judge:
    """The judge of one sentence. Every step goes up in the tree, so it ends."""

    sentence: Sentence
    words: Factuality

    def token(self, token: Token | None) -> Judgement | None:
        """The judgement of what a verb or noun tells."""
        if token is None:
            return None
        return self._verb(token) if token.part_of_speech in VERBAL else self._noun(token)

    # --- verbs

    def _verb(self, verb: Token) -> Judgement | None:
        negated = self._is_negated(verb) or self._has_no_party(verb)
        if self._is_supposed(verb) or self._is_asked():
            return Judgement("hypothetical", negated)
        if verb.dependency == "relcl" and any(word.lemma == "can" for word in self.sentence.children(verb, "aux")):
            return None  # "a country with which it can trade": what is possible, not what happens
        status = self._modal(verb) or self._tense(verb)
        if status is None:
            return _negate(self._non_finite(verb), negated)
        if verb.dependency == "advcl":
            status = self._of_time_clause(verb, status)
        return Judgement(self._doubted(verb) or status, negated)

    def _is_negated(self, token: Token) -> bool:
        words = self.sentence.children(token, "neg", "advmod", "det", "preconj")
        words = [word for word in words if not self._is_not_only(word)]
        return any(word.lemma in self.words.negation or word.text.lower() in self.words.negation for word in words)

    def _is_not_only(self, word: Token) -> bool:
        """Whether "not" only leads to "not only talks but also"."""
        following = self.sentence.tokens[word.number + 1 : word.number + 2]
        return any(after.lemma in self.words.limiting for after in following)

    def _has_no_party(self, verb: Token) -> bool:
        """Whether "no agreement was signed", "neither of them signed"."""
        nouns = self.sentence.children(verb, *SUBJECTS, *PASSIVE_SUBJECTS, "dobj")
        return any(self._is_negated(noun) or noun.lemma in self.words.negation for noun in nouns)

    def _class_of(self, token: Token | None) -> str | None:
        if token is None:
            return None
        forms = (self.sentence.lemma(token), token.lemma, token.text.lower())
        return next((self.words.governors[form] for form in forms if form in self.words.governors), None)

    def _doubted(self, verb: Token) -> str | None:
        """denied or hypothetical when what governs a finite clause makes it so: "denied that", "it is likely that"."""
        over = self.sentence.head(verb)
        kinds = [self._class_of(over)] if over is not None and verb.dependency in ("acl", "ccomp") else []
        reporting = self.sentence.reporting(verb)
        if reporting is not None:
            kind = self._class_of(reporting)
            if kinds and over is not reporting and kind == "negated":  # "rejected claims that": of a report
                return "denied"
            kinds += [kind]
            judging = self.sentence.children(reporting, "acomp", "attr", "oprd")
            kinds += [self._class_of(word) for word in judging]
            if self._is_negated(reporting) and any(word.lemma in self.words.true for word in judging):
                return "denied"
        return next((kind for kind in ("denied", "hypothetical") if kind in kinds), None)

    def _of_time_clause(self, verb: Token, status: str) -> str:
        """Of "when Iran restores ties" in the present, and of "until it restored ties": as open as the main clause."""
        words = [word.lemma for word in self.sentence.children(verb, "mark", "advmod")]
        head = self.sentence.head(verb)
        above = self.token(head)
        is_open = above is not None and above.status in ("planned", "hypothetical")
        if status == "ongoing" and is_open and any(word in self.words.timeless for word in words):
            return "planned"
        # "were wary of using telephones until it restored ties": how they were then, and then it did
        is_limit = head is not None and head.tag != "VBG" and any(word in self.words.limits for word in words)
        return "hypothetical" if is_open and is_limit else status

    def _is_asked(self) -> bool:
        return self.sentence.text.rstrip("\"'”’) ").endswith("?")

    def _modal(self, verb: Token) -> str | None:
        for auxiliary in self.sentence.children(verb, "aux"):
            if auxiliary.tag == "MD" and auxiliary.text.lower() in self.words.auxiliaries:
                return self.words.auxiliaries[auxiliary.text.lower()]
        return None

    def _is_supposed(self, verb: Token) -> bool:
        """Whether "if" or the like opens the clause, or the one that the clause is joined to."""
        clause: Token | None = verb
        while clause is not None:
            if any(mark.lemma in self.words.supposing for mark in self.sentence.children(clause, "mark")):
                return True
            openers = self.sentence.children(clause, "aux", "auxpass") if clause.dependency == "advcl" else []
            subjects = self.sentence.children(clause, *SUBJECTS, *PASSIVE_SUBJECTS)
            if openers and subjects and openers[0].start < subjects[0].start:
                return True  # "Had Brazil opened an embassy, "
            clause = self.sentence.head(clause) if clause.dependency in ("conj", "xcomp") else None
        return False

    def _tense(self, verb: Token) -> str | None:
        """occurred or ongoing for a finite clause; None for an infinitive, a gerund or a bare participle."""
        auxiliaries = {child.text.lower() for child in self.sentence.children(verb, "aux", "auxpass")}
        if "to" in auxiliaries:
            return None
        if verb.tag == "VB" and auxiliaries & {"did", "do", "does"}:
            return "occurred" if "did" in auxiliaries else "ongoing"
        if auxiliaries & {"having", "being"}:
            return "ongoing" if auxiliaries & {"was", "were", "is", "are"} else None
        if verb.tag == "VBD":
            return "occurred"
        if verb.tag in ("VBZ", "VBP"):
            return "occurred" if self.sentence.role in HEADLINE_ROLES else "ongoing"
        if auxiliaries & {"is", "are", "am", "'s", "'re"}:
            return "ongoing" if verb.tag in ("VBG", "VBN") else None
        if verb.tag == "VBG" and auxiliaries:
            return "ongoing" if "been" in auxiliaries else "occurred"
        if verb.tag == "VBN" and (auxiliaries or verb.dependency in ("acl", "ROOT")):
            return "occurred"  # also "a festival hosted by", and the headline "Ties restored"
        if verb.tag == "VBN" and verb.dependency == "conj":
            head = self.sentence.head(verb)
            return self._tense(head) if head is not None and head.part_of_speech in VERBAL else None
        return None

    def _non_finite(self, verb: Token) -> Judgement | None:
        """An infinitive or gerund: what governs it decides."""
        head = self.sentence.governor(verb)
        auxiliaries = {child.text.lower() for child in self.sentence.children(verb, "aux")}
        is_infinitive = verb.tag == "VB" or "to" in auxiliaries
        is_gerund = verb.tag == "VBG" or "having" in auxiliaries
        is_clause = head is None or (verb.tag == "VB" and not auxiliaries and self.sentence.children(verb, *SUBJECTS))
        if is_clause and self.sentence.role in HEADLINE_ROLES:
            # "Poland to open embassy"; "A new start: Poland and Peru sign treaty"
            return Judgement("planned" if "to" in auxiliaries else "occurred")
        if head is None:
            return None
        if is_infinitive and (come_about := self._come_about(verb)) is not None:
            return come_about
        if verb.dependency in SUBJECTS + PASSIVE_SUBJECTS:
            return Judgement("hypothetical")  # "establishing ties would": spoken of, not told as done
        if verb.dependency == "conj":
            return self.token(head)
        noun = self.sentence.singled_out_by(verb)
        if noun is not None and self._class_of(noun) is None and self._is_singled_out(noun):
            # "became the 193rd country to establish": it did, as far as the clause about it holds
            return self.token(self._verb_above(noun))
        spoken_of = [w for w in self.sentence.children(head, "dobj") if w.start < verb.start and self._class_of(w)]
        if is_infinitive and spoken_of:
            return self._complement_of(spoken_of[0])  # "continued negotiations to establish"
        if verb.dependency == "advcl":
            return self._beside(head) if is_gerund else Judgement("planned")  # a purpose
        if verb.dependency == "pcomp":
            return self._behind_preposition(verb, head)
        if is_infinitive and head.lemma in ("be", "have") and verb.dependency == "xcomp":
            # "Canada is to deploy soldiers", "Canada had to deploy soldiers"
            return Judgement("planned") if head.lemma == "be" else self._had_to(head)
        if is_infinitive and verb.lemma in self.words.performing and self._is_wished(head):
            return Judgement("occurred", self._is_negated(head))
        if is_infinitive and self._class_of(head) is None:
            # an infinitive under a word we do not know: a purpose under a noun, else merely spoken of
            return Judgement("planned" if verb.dependency == "acl" else "hypothetical")
        above = self._told_of(verb, head)
        is_perfect = "have" in auxiliaries  # "is said to have opened"
        return Judgement("occurred", above.is_negated) if is_perfect and above and above.status == "ongoing" else above

    def _is_wished(self, like: Token) -> bool:
        """Whether one "would like to" do what is done by saying so: "we would like to thank them"."""
        auxiliaries = {word.text.lower() for word in self.sentence.children(like, "aux")}
        return like.lemma == "like" and bool(auxiliaries & {"would", "'d", "’d"})

    def _told_of(self, verb: Token, head: Token) -> Judgement | None:
        """Of "condemning" in "issued a statement condemning": as true as that it was issued; else by its head."""
        over = self._verb_above(head)
        is_beside = verb.tag == "VBG" and verb.dependency == "acl" and self._class_of(head) is None
        return self._beside(over) if is_beside and over is not None else self._complement_of(head)

    def _had_to(self, have: Token) -> Judgement:
        """Of what one "had to" do, and did; "has to" do, and may not; "has yet to" do, and did not."""
        if any(word.lemma == "yet" for word in self.sentence.children(have, "advmod")):
            return Judgement("occurred", True)
        is_past = have.tag == "VBD" and not self._is_negated(have) and not self._is_supposed(have)
        return Judgement("occurred" if is_past else "hypothetical")

    def _come_about(self, verb: Token) -> Judgement | None:
        """Of what "took 65 years to" do, or what one "had no choice but to" do: as true as the taking or having."""
        over = self._verb_above(verb)
        for noun in self.sentence.children(over, "dobj") if over is not None else ():
            if over is None or noun.start > verb.start:
                continue
            if over.lemma == "take" and noun.lemma in self.words.spans:
                return self.token(over)
            if over.lemma == "have" and noun.lemma in self.words.choices and self._is_negated(noun):
                above = self.token(over)
                return Judgement(above.status) if above is not None else None
        return None

    def _beside(self, head: Token) -> Judgement | None:
        """A participle beside a verb shares its truth; beside a negated one, what is denied of it stays open."""
        above = self.token(head)
        return Judgement("hypothetical", True) if above is not None and above.is_negated else above

    def _alongside(self, over: Token) -> Judgement | None:
        """A clause of its own beside another: "..., with the minister meeting officials"."""
        above = self.token(over)
        return Judgement("occurred") if above is not None and above.status == "ongoing" else above

    def _behind_preposition(self, verb: Token, preposition: Token) -> Judgement | None:
        over = self.sentence.hung_on(preposition)
        if over is None:
            return None
        if preposition.lemma == "with" and self.sentence.children(verb, *SUBJECTS):
            return self._alongside(over)
        if preposition.lemma in self.words.lacking_prepositions:
            above = self.token(over)
            return Judgement(above.status if above else "hypothetical", True)
        if preposition.lemma == "by" and over.part_of_speech in VERBAL:
            return self.token(over)  # "responded by closing": the means
        if self._class_of(over) not in (None, "occurred"):
            return self._complement_of(over)
        passing = preposition.lemma in self.words.passing_prepositions
        is_owned_up = preposition.lemma == "for" and self._class_of(over) == "occurred"  # "apologised for misleading"
        return self.token(over) if passing or is_owned_up else Judgement("hypothetical")

    def _complement_of(self, head: Token) -> Judgement | None:
        """What stands under "plans to", "refused to", "hope of"."""
        kind = self._class_of(head)
        if kind is None or kind == "occurred":
            return self.token(head)
        if kind == "negated":
            above = self.token(head)
            return Judgement(above.status if above else "hypothetical", True)
        return Judgement("hypothetical" if self._is_negated(head) else kind)

    # --- nouns

    def _noun(self, noun: Token) -> Judgement | None:
        """An event told by a noun: "the establishment of relations"."""
        negated = self._is_negated(noun)
        head = self.sentence.head(noun)
        if self._is_asked():
            return Judgement("hypothetical", negated)
        if head is None or self.sentence.role == "title":
            return Judgement("occurred", negated) if self.sentence.role in HEADLINE_ROLES else None
        called = next((kind for word in self.sentence.children(noun, "amod") if (kind := self._class_of(word))), None)
        if called in ("planned", "hypothetical", "negated"):  # "the proposed visit"
            return Judgement("hypothetical" if called == "negated" else called, negated != (called == "negated"))
        if noun.dependency in ("conj", "appos"):
            return _negate(self.token(head), negated)
        if noun.dependency == "pobj":
            over = self.sentence.head(head)
            if over is None:
                return None
            if head.lemma in self.words.lacking_prepositions:
                return Judgement("hypothetical", not negated)
            if head.lemma in self.words.ahead_prepositions and self._class_of(over) is None:
                return Judgement("planned", negated)
            if self._class_of(over) not in (None, "occurred"):
                return _negate(self._complement_of(over), negated)
            return _negate(self._taken_as_known(noun), negated)
        if noun.dependency == "dobj" and self._class_of(head) is not None:
            return _negate(self._complement_of(head), negated)
        if noun.dependency in SUBJECTS + PASSIVE_SUBJECTS and not self._is_known(noun):
            open_word = self._opened_by(noun, head)
            if open_word is not None:
                return _negate(self._complement_of(open_word), negated)
        return _negate(self._taken_as_known(noun), negated)

    def _opened_by(self, noun: Token, verb: Token) -> Token | None:
        """The word that leaves open what its subject tells: "the visit was postponed", "is possible", "requires"."""
        words = self.sentence.children(verb, "acomp", "attr")
        if noun.dependency in PASSIVE_SUBJECTS or self._class_of(verb) == "hypothetical":
            words.append(verb)
        return next((word for word in words if self._class_of(word) not in (None, "occurred", "ongoing")), None)

    def _is_known(self, noun: Token) -> bool:
        """Whether it is called "recent"."""
        return any(word.lemma in self.words.known_by for word in self.sentence.children(noun, "amod"))

    def _taken_as_known(self, noun: Token) -> Judgement | None:
        """What a text speaks of as known it takes as having happened: "the recent establishment resulted from".

        So it does with what it tells together with the doer: "a pledge by Italy to help was welcomed".
        """
        is_told_with_doer = noun.dependency in SUBJECTS + PASSIVE_SUBJECTS and self.sentence.behind(noun, ("by",))
        if not takes_as_known(self.sentence, noun, self.words) and not is_told_with_doer:
            return None
        above = self.token(self._verb_above(noun))
        return Judgement("occurred") if above is not None and above.status in ("occurred", "ongoing") else None

    def _verb_above(self, token: Token) -> Token | None:
        return next((over for over in self.sentence.ancestors(token) if over.part_of_speech in VERBAL), None)

    def _is_singled_out(self, noun: Token) -> bool:
        """Whether the noun is "the first", "the 193rd", "the only" one to do something."""
        modifiers = self.sentence.children(noun, "amod", "nummod", "compound")
        return any(word.lemma in self.words.singling_out or word.text[:1].isdigit() for word in modifiers)


def _negate(judgement: Judgement | None, negated: bool) -> Judgement | None:
    return None if judgement is None else Judgement(judgement.status, judgement.is_negated != negated)

"""A parsed sentence as a tree one can ask: who is the subject of this verb, what governs it, what hangs on it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kcpipe import syntax
from kcpipe.syntax import Token

VERBAL = ("VERB", "AUX")
SUBJECTS = ("nsubj", "csubj")
PASSIVE_SUBJECTS = ("nsubjpass", "csubjpass")
RELATIVE_TAGS = ("WDT", "WP", "WP$")

# "urged Cuba to X": Cuba is the one to do X. With other verbs ("promised Cuba to X") it is the subject.
OBJECT_CONTROL = frozenset(
    "allow ask advise beg call compel convince direct encourage enable expect force help invite lead let make "
    "order permit persuade press push request require tell urge warn want".split()
)
# Of these, those whose infinitive never tells a purpose: "invited Cuba to X" may be how X is reached.
_ALWAYS_CONTROL = frozenset("ask beg force order permit persuade press request tell urge warn".split())
# "called on Cuba to X", "appealed to Cuba to X": likewise, behind the preposition.
_CONTROL_BEHIND = {
    "call": ("on", "upon"),
    "appeal": ("to",),
    "plead": ("with",),
    "press": ("for",),
    "rely": ("on",),
    "wait": ("for",),
}
# What comes of what a verb does: "set free", "found guilty", "sent home".
_RESULTS = ("oprd", "acomp", "ccomp", "advmod")
# "accused Cuba of X-ing", "praised Cuba for X-ing": Cuba is the one that does X.
_OBJECT_CONTROL_BY_PREPOSITION = frozenset(
    "accuse acquit ban bar blame block commend condemn convict criticise criticize denounce deter discourage dissuade "
    "hail praise prevent prohibit punish sanction stop suspect thank".split()
)
# "Cuba is likely to X": its subject is that of X; that of "is easy to X" or "is necessary to X" is not.
_SUBJECT_ADJECTIVES = frozenset(
    "able bound certain determined due eager free keen likely prepared quick ready reluctant set slow sure unable "
    "unlikely unwilling welcome willing".split()
)
_OF_NOUNS = ("nsubj", "nsubjpass", "dobj", "pobj")
_SOFT = "cuvz"  # Before these an "e" belongs to the verb: "advance", "continue".
_DOUBTED = frozenset({"JJ", "VBZ", "NNPS"})  # What the tagger or the lemmatizer may have got wrong.
_LEMMAS = {"din": "dine", "stag": "stage", "lambast": "lambaste"}
_COUNTED = frozenset(
    "band batch contingent convoy couple crowd dozen group half handful hundred lot majority million mob number panel "
    "score scores series squad team ten thousand wave".split()
)
_WRITINGS = frozenset("bill communique declaration letter motion note petition report resolution statement".split())
_MEASURES = frozenset("campaign course day fortnight kind month round spate string sort week year".split())
_TIMES = ("DATE", "TIME")
_PRONOUNS = frozenset("it he she they".split())
_OWN_PRONOUNS = frozenset("we i".split())


def join_prefixes(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with "re", "-", "establish" read as one verb, which the parser reads as two.

    The last of the three becomes the verb; the other two hang on it.
    """
    joined = list(tokens)
    for first, dash, last in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if dash.text != "-" or first.text.lower() != "re" or (first.end, dash.end) != (dash.start, last.start):
            continue
        parts = (first.number, dash.number, last.number)
        top = next(part for part in (first, dash, last) if not _hangs_on(tokens, part, set(parts) - {part.number}))
        joined = [token._replace(head=last.number) if token.head in parts else token for token in joined]
        joined[last.number] = last._replace(
            start=first.start,
            text=first.text + dash.text + last.text,
            lemma=f"re-{last.lemma}",
            dependency=top.dependency,
            head=last.number if top.head == top.number else top.head,
        )
        for part in (first.number, dash.number):
            joined[part] = joined[part]._replace(dependency="punct", part_of_speech="PUNCT", head=last.number)
    return joined


def raise_joined(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with "called" of "said it had left and called on them" joined to "said", where its tense belongs.

    The parser joins it to the nearest verb, "left", though that is a participle with an auxiliary.
    """
    raised = list(tokens)
    for token in [token for token in tokens if token.dependency == "conj" and token.tag == "VBD"]:
        told = tokens[token.head]
        over = tokens[told.head]
        is_joined = told.dependency == "ccomp" and told.tag in ("VBN", "VB") and over.tag == "VBD"
        if is_joined and over.start < told.start and not _has_subject(tokens, token):
            raised[token.number] = token._replace(head=over.number)
    return raised


def _has_subject(tokens: Sequence[Token], verb: Token) -> bool:
    return any(token.head == verb.number and token.dependency in SUBJECTS + PASSIVE_SUBJECTS for token in tokens)


def _hangs_on(tokens: Sequence[Token], token: Token, numbers: Collection[int]) -> bool:
    """Whether the way from a token to the root leads through one of the numbers."""
    while token.head != token.number:
        token = tokens[token.head]
        if token.number in numbers:
            return True
    return False


def _with_lemma(token: Token) -> Token:
    """The token with the lemma that the lemmatizer should have given it.

    It leaves capitalised plurals alone ("Diplomatic Relations") and takes "staged" for a form of "stag"; the tagger
    takes "advanced" for an adjective even where it heads the sentence, and "Claims that" for a verb that is a subject.
    """
    if token.tag == "JJ" and token.dependency == "ROOT" and token.text.endswith("ed"):
        base = token.text[:-1] if token.text[-3] in _SOFT else token.text[:-2]
        return token._replace(tag="VBD", part_of_speech="VERB", lemma=base.lower())
    if token.tag == "VBZ" and token.dependency in _OF_NOUNS:
        return token._replace(tag="NNS", part_of_speech="NOUN")
    lemma = token.lemma.removesuffix("s") if token.tag == "NNPS" else _LEMMAS.get(token.lemma, token.lemma)
    return token if lemma == token.lemma else token._replace(lemma=lemma)


@dataclass(frozen=True)
class Sentence(syntax.Sentence):
    """A sentence of the parse, tokens corrected, with the questions that finding events asks of its tree."""

    @classmethod
    def of(cls, parsed: syntax.Sentence) -> Sentence:
        """The sentence with prefixes joined and lemmas put right; a title that ends in a full stop is no headline."""
        mended = [
            _with_lemma(token) if token.tag in _DOUBTED or token.lemma in _LEMMAS else token for token in parsed.tokens
        ]
        tokens = tuple(raise_joined(join_prefixes(mended)))
        place = parsed.document_id, parsed.number, parsed.start, parsed.end
        role = "body" if tokens and tokens[-1].text == "." else parsed.role
        return cls(*place, parsed.text, parsed.paragraph, role, tokens)

    def governor(self, token: Token) -> Token | None:
        """The head of a clause, except that what a preceding reporting verb introduces hangs on that verb.

        The parser makes `X announced, "We agreed"` the clause "announced" under "agreed"; for us it is the other way.
        """
        for child in self.children(token, "ccomp"):
            if child.end < token.start and child.part_of_speech in VERBAL and '"' in self._between(child, token):
                return child
        return self.head(token)

    def reporting(self, verb: Token) -> Token | None:
        """The verb whose content a finite clause is: "said" for "said that X", "denied" for "denied reports that X"."""
        over = self.governor(verb)
        if over is None:
            return None
        if over != self.head(verb) or (verb.dependency == "ccomp" and over.part_of_speech in VERBAL):
            return over
        is_content = verb.dependency in ("acl", "ccomp") and any(m.lemma == "that" for m in self.children(verb, "mark"))
        return next((a for a in self.ancestors(verb) if a.part_of_speech in VERBAL), None) if is_content else None

    def _between(self, one: Token, other: Token) -> str:
        first, last = sorted((one, other), key=lambda token: token.start)
        words = self.text[first.end - self.start : last.start - self.start]
        return words.translate({0x201C: '"', 0x201D: '"'})

    def lemma(self, token: Token) -> str:
        """The lemma, with its particle: "cut off", "pulled out of"."""
        particles = self.children(token, "prt") or [
            word
            for word in self.children(token, "prep")
            if self.children(word, "prep") and (word.lemma == "out" or token.end <= word.start <= token.end + 1)
        ]
        return " ".join([token.lemma, *(particle.lemma for particle in particles)])

    def forms(self, verb: Token) -> list[str]:
        """What a verb may be known by, the longest first: "find guilty" and "find" of "found them guilty"."""
        results = [word for word in self.children(verb, *_RESULTS) if word.start > verb.start and not word.is_verb]
        return [*(f"{verb.lemma} {word.lemma}" for word in results), self.lemma(verb)]

    def conjoined(self, token: Token) -> list[Token]:
        """The token and those joined to it by "and"; of "thousands of reservists" also what is counted."""
        tokens = [token, *self.counted(token)]
        for child in self.children(token, "conj"):
            tokens += self.conjoined(child)
        return tokens

    def counted(self, token: Token) -> list[Token]:
        """What a noun of number counts: "reservists" in "thousands of reservists"."""
        of = [word for word in self.children(token, "prep") if word.lemma == "of"] if token.lemma in _COUNTED else []
        return [noun for word in of for noun in self.children(word, "pobj")]

    def measured_by(self, noun: Token) -> Token:
        """Of "talks" in "a round of talks": "round", else the noun itself."""
        of = self.head(noun)
        over = self.head(of) if of is not None and of.lemma == "of" and noun.dependency == "pobj" else None
        return over if over is not None and over.lemma in _MEASURES | _COUNTED else noun

    def behind(self, token: Token, prepositions: Sequence[str]) -> list[Token]:
        """The nouns behind one of the prepositions that hang on the token ("with Cuba and Spain": both)."""
        hanging = self.children(token, "prep", "agent", "dative")
        hanging += [inner for outer in hanging for inner in self.children(outer, "prep")]  # "out of Syria"
        found: list[Token] = []
        for preposition in hanging:
            if preposition.lemma in prepositions:
                for noun in self.children(preposition, "pobj"):
                    found += self.conjoined(noun)
        for clause in self.children(token, "advcl", "acl", "ccomp", "relcl") if "for" in prepositions else ():
            if any(mark.lemma == "for" for mark in self.children(clause, "mark")):  # "a call for Russia to withdraw"
                found += self.children(clause, *SUBJECTS)
        return [self.antecedent(token, noun) for noun in found]

    def about(self, noun: Token) -> list[Token]:
        """What talks or plans are about: "talks on ties", "talks on establishing ties"."""
        prepositions = [word for word in self.children(noun, "prep") if word.lemma in ("on", "of", "about", "for")]
        verbs = [verb for preposition in prepositions for verb in self.children(preposition, "pcomp")]
        return self.behind(noun, ("on", "of", "about", "for")) + [o for verb in verbs for o in self.objects(verb)]

    def objects(self, verb: Token) -> list[Token]:
        """What is done: direct objects, the subject of a passive, the noun of "a festival hosted by"."""
        found = self.children(verb, "dobj", *PASSIVE_SUBJECTS)
        if not found:  # "sealed off the West Bank", where the parser takes "off" for a preposition
            found = [noun for particle in self.children(verb, "prt") for noun in self.children(particle, "pobj")]
        if not found:
            found = self._object_left_out(verb)
        if not found and verb.dependency == "acl" and verb.tag == "VBN":
            found = [self.tokens[verb.head]]
        if not found and verb.tag == "VBN" and verb.dependency in ("pcomp", "advcl"):
            found = self._subjects_of_passive_gerund(verb)
        if not found and verb.dependency == "conj" and verb.tag == "VBN":
            found = self.children(self.tokens[verb.head], *PASSIVE_SUBJECTS)
        if not found:
            found = [noun for clause in self.children(verb, "ccomp") for noun in self._subjects_of_result(clause)]
        if not found:
            found = self._shared_objects(verb)
        if len(found) == 1 and found[0].tag == "PRP":
            found = self._meant_beside(verb) or self._named_before(verb) or found
        nouns = [noun for token in found for noun in self.conjoined(token)]
        return [self.antecedent(verb, noun) for noun in nouns]

    def _meant_beside(self, verb: Token) -> list[Token]:
        """Of "it" in "said the army had shelled the camp, accusing it of a crime": the army."""
        head = self.head(verb) if verb.dependency == "advcl" and verb.tag == "VBG" else None
        said = [clause for clause in self.children(head, "ccomp") if clause.end < verb.start] if head else []
        doers = [doer for clause in said[:1] for doer in self.children(clause, *SUBJECTS)]
        return [doer for doer in doers if doer.tag != "PRP"]

    def _named_before(self, verb: Token) -> list[Token]:
        """Of "it" in "cut ties with Peru, accusing it of a crime": Peru, the only name behind the verb."""
        head = self.head(verb) if verb.dependency == "advcl" and verb.tag == "VBG" else None
        if head is None or head.part_of_speech not in VERBAL or head.end > verb.start:
            return []
        phrases = self.subtree(head, without=("nsubj", "nsubjpass", "advcl", "ccomp", "relcl", "conj", "xcomp"))
        names = [word for word in phrases if word.tag in ("NNP", "NNPS") and head.end < word.start < verb.start]
        whole = [name for name in names if name.dependency in ("dobj", "pobj") and name.entity_label not in _TIMES]
        told = [name for name in whole if self.tokens[name.head].lemma not in ("in", "on", "at", "during", "by")]
        return told if len(told) == 1 else []

    def _object_left_out(self, verb: Token) -> list[Token]:
        """Of "had taken" in "policemen they had taken": the policemen."""
        if verb.dependency != "relcl" or not self.children(verb, *SUBJECTS):
            return []
        taken = self.children(verb, "prep", "advmod", "xcomp", "ccomp", "dative", "acomp", "attr")
        words = [word for child in self.children(verb) for word in (child, *self.children(child))]
        is_whole = bool(taken) or any(word.tag in (*RELATIVE_TAGS, "WRB") for word in words)
        return [] if is_whole else [self.tokens[verb.head]]

    def _subjects_of_passive_gerund(self, verb: Token) -> list[Token]:
        """Of "being tortured" in "the student died after being tortured": the student."""
        over = self._verb_above(verb)
        if not self._is_passive_gerund(verb) or over is None:
            return []
        return self.children(over, *PASSIVE_SUBJECTS) or self.subjects(over)

    def _is_passive_gerund(self, verb: Token) -> bool:
        return any(word.text.lower() == "being" for word in self.children(verb, "auxpass"))

    def _subjects_of_result(self, clause: Token) -> list[Token]:
        """Of "guilty" in "found the mayor guilty": the mayor."""
        return [] if clause.part_of_speech in VERBAL else self.children(clause, *SUBJECTS)

    def _shared_objects(self, verb: Token) -> list[Token]:
        """Of "beat" in "beat and arrested protesters": the objects of the verb that is joined to it at once."""
        following = self.tokens[verb.number + 1 : verb.number + 3]
        if len(following) == 2 and following[0].dependency == "cc" and following[1].head == verb.number:
            return self.children(following[1], "dobj") if following[1].dependency == "conj" else []
        return []

    def subjects_of_copula(self, noun: Token) -> list[Token]:
        """For "country" in "Syria is the only country": Syria."""
        return self.subjects(self.tokens[noun.head]) if noun.dependency == "attr" else []

    def singled_out_by(self, verb: Token) -> Token | None:
        """The noun that an infinitive belongs to: "country" in "became the 193rd country to establish"."""
        head = self.head(verb)
        if head is None or verb.tag != "VB":
            return None
        if verb.dependency in ("acl", "relcl"):
            return head
        nouns = [noun for noun in self.children(head, "attr") if noun.start < verb.start]
        return nouns[0] if verb.dependency in ("advcl", "xcomp") and nouns else None

    def subjects(self, verb: Token) -> list[Token]:
        """Who does it: the verb's own subject, or the one it shares with the verb or noun it hangs on."""
        seen: set[int] = set()
        current: Token | None = verb
        while current is not None and current.number not in seen:
            seen.add(current.number)
            own = self._misread_subjects(current) + self.children(current, *SUBJECTS)
            if not own and current is not verb:
                own = self.children(current, *PASSIVE_SUBJECTS)
            elif not own and (self.children(verb, *PASSIVE_SUBJECTS) or self._is_passive_gerund(verb)):
                return []  # a passive's doer stands behind "by"
            if own:
                own += [name for token in own for name in self._named_with(current, token)]
                nouns = [noun for token in own for noun in self.conjoined(token)]
                return [subject for noun in nouns for subject in self._meant(current, noun)]
            shared, current = self._shared_subject(current)
            if shared:
                return shared
        return []

    def _misread_subjects(self, verb: Token) -> list[Token]:
        """Who stands before a finite verb where the parser takes them for adverbs: "Turkey, Greece agree", "Turkey
        expanded", "Sudan army, rebels clash"."""
        is_bare = verb.tag == "VB" and not self.children(verb, "aux")  # "Ethiopia, Eritrea sign peace deal"
        if not (is_bare or verb.tag in ("VBD", "VBZ", "VBP")):
            return []
        before = [child for child in self.children(verb, "npadvmod", "dep", "advcl") if child.end < verb.start]
        names = [child for child in before if child.tag == "NNP" and child.dependency == "npadvmod"]
        listed = [child for child in before if child.tag.startswith("NN") and child.entity_label not in _TIMES]
        return [child for child in before if child in names or (child in listed and self._precedes_comma(child))]

    def _precedes_comma(self, token: Token) -> bool:
        return any(after.text == "," for after in self.tokens[token.number + 1 : token.number + 2])

    def _named_with(self, verb: Token, subject: Token) -> list[Token]:
        """Of "France, Italy sign": Italy, which the parser takes for another name of France."""
        is_base = verb.tag in ("VB", "VBP") and subject.tag == "NNP" and not self.children(verb, "aux")
        return [name for name in self.children(subject, "appos") if is_base and name.tag == "NNP"]

    def _shared_subject(self, verb: Token) -> tuple[list[Token], Token | None]:
        """For a verb without a subject: the nouns that are it, or the verb to ask next."""
        head = self.governor(verb)
        if head is None:
            return [], None
        if verb.dependency == "acl":
            if verb.tag == "VBG" and head.lemma in _WRITINGS:  # "approved a resolution condemning"
                return self.children(head, "poss"), self._verb_over(head)
            if verb.tag == "VBG":
                return self.conjoined(head), None
            if verb.tag in ("VBN", "VBD"):
                return [], None
            return self.children(head, "poss") + self.subjects_of_copula(head), self._verb_over(head)
        is_controlled = verb.dependency == "xcomp" or (verb.dependency == "advcl" and head.lemma in _ALWAYS_CONTROL)
        if is_controlled and verb.tag == "VB" and head.lemma in OBJECT_CONTROL and self.children(head, "dobj"):
            return self.children(head, "dobj"), None
        asked = self.behind(head, _CONTROL_BEHIND.get(head.lemma, ())) if verb.tag == "VB" else []
        if verb.dependency in ("xcomp", "advcl") and asked and asked[0].end < verb.start:
            return asked, None
        if verb.dependency in ("xcomp", "conj", "advcl") and head.part_of_speech in VERBAL:
            noun = self.singled_out_by(verb)
            return (self.children(noun, "poss") + self.subjects(head) if noun is not None else []), head
        if verb.dependency == "xcomp" and head.lemma in _SUBJECT_ADJECTIVES:
            return [], self.head(head)  # the copula
        if verb.dependency == "pcomp":
            over = self.head(head)
            if (
                over is not None
                and over.lemma in _OBJECT_CONTROL_BY_PREPOSITION
                and head.lemma in ("of", "for", "from")
            ):
                return self.children(over, "dobj", *PASSIVE_SUBJECTS), over
            if over is None or over.part_of_speech in VERBAL:
                return [], over
            return self.children(over, "poss"), self._verb_over(over)
        return [], None

    def _verb_over(self, noun: Token) -> Token | None:
        """The verb whose object the noun is: the subject of "announced plans to" is that of the plans."""
        head = self.head(noun)
        return head if head is not None and noun.dependency == "dobj" and head.part_of_speech in VERBAL else None

    def _meant(self, verb: Token, noun: Token) -> list[Token]:
        """The nouns that a subject stands for: of "it" in "Kenya said that it had agreed", of "we" in a quotation."""
        word = noun.text.lower()
        if noun.tag != "PRP" or word not in _PRONOUNS | _OWN_PRONOUNS:
            return [self.antecedent(verb, noun)]
        clause = verb
        while clause.dependency in ("xcomp", "conj") and (head := self.head(clause)) is not None:
            clause = head
        if word not in _OWN_PRONOUNS and (before := self._subjects_before(clause)):
            return before
        if word == "they" and noun.number == 0:
            return [noun]  # those of the sentence before
        if clause.dependency == "relcl" and (about := self._verb_above(clause)) is not None:
            return [each for each in self.subjects(about) if each.number != clause.head] or [noun]
        reporting = self.reporting(clause)
        over = [] if reporting is None else list(self.ancestors(verb))
        if reporting is None or any(hearer not in over for hearer in self.children(reporting, "dobj", "dative")):
            return [noun]  # "told Peru that it had agreed": it may be either
        is_quoted = '"' in self._between(reporting, verb)
        return self.subjects(reporting) if is_quoted == (word in _OWN_PRONOUNS) else [noun]

    def _verb_above(self, clause: Token) -> Token | None:
        """The verb of the clause in which the noun of a relative clause stands."""
        return next((over for over in self.ancestors(clause) if over.part_of_speech in VERBAL), None)

    def _subjects_before(self, clause: Token) -> list[Token]:
        """Of "it" in "While Cuba was not opposed, it delayed": Cuba, the subject of the clause that goes before."""
        for child in self.children(clause, "advcl"):
            own = self.children(child, *SUBJECTS, *PASSIVE_SUBJECTS) if child.end < clause.start else []
            if own and own[0].tag != "PRP":
                return own
        return []

    def antecedent(self, verb: Token, noun: Token) -> Token:
        """The noun that a relative pronoun stands for."""
        if noun.tag not in RELATIVE_TAGS:
            return noun
        clause: Token | None = verb
        while clause is not None and clause.dependency not in ("relcl", "acl"):
            clause = self.head(clause)
        return self.tokens[clause.head] if clause is not None else noun

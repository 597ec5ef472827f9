"""What an election's actas say: its definition, and the text of an acta's code in its one spelling."""
import re
from collections import namedtuple

from .faults import Fault
from .shapes import list_of, match, only, text, whole
from .strict_json import parse_json

LONGEST_PAYLOAD = 2048     # bytes
LARGEST_DEFINITION = 1 << 20

# What an acta says of a table; two that are equal say the same.
Reading = namedtuple('Reading', 'table votes null_votes empty_votes')

LONGEST_ACTA_CODE = 64     # characters


def whole_up_to(least, most):
    return lambda value: whole(least)(value) and value <= most


def text_of(most):
    return lambda value: value != '' and text(most)(value)


ZONE = match('(?=.{1,64}$)[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}')
DEFINITION = only({
    'id': match('[a-z0-9][a-z0-9-]{1,62}'), 'title': text_of(120),
    'code': only({'digits': list_of(whole_up_to(1, 20), 1, 8), 'centro': whole(0), 'mesa': whole(0)},
                 {'highestMesa': whole(1)}),
    'candidates': list_of(only({'id': match('[A-Z0-9]{1,8}'), 'name': text_of(60)}), 1, 200),
    'cards': list_of(only({'sigla': text_of(30), 'candidate': match('(?s:.*)')}, {'number': whole(1)}), 1, 400),
    'highestCount': whole_up_to(1, 999_999),
}, {'zone': ZONE})


class Election:
    def __init__(self, definition):
        if not DEFINITION(definition):
            raise Fault('bad-election')
        code = definition['code']
        self.id, self.highest_count = definition['id'], definition['highestCount']
        self.digits, self.centro, self.mesa = code['digits'], code['centro'], code['mesa']
        self.candidates = [candidate['id'] for candidate in definition['candidates']]
        self.names = {candidate['id']: candidate['name'] for candidate in definition['candidates']}
        self.cards = [card['candidate'] for card in definition['cards']]
        if not (self.centro < len(self.digits) and self.mesa < len(self.digits) and self.centro != self.mesa
                and sum(self.digits) + len(self.digits) - 1 <= LONGEST_ACTA_CODE
                and len(set(self.candidates)) == len(self.candidates) and set(self.cards) <= set(self.candidates)):
            raise Fault('bad-election')

    def is_centro(self, text):
        return is_digits(text, self.digits[self.centro])

    def is_mesa(self, text):
        return is_digits(text, self.digits[self.mesa])

    def table_of(self, code):
        """The table of an acta code; None for what is none."""
        parts = code.split('.') if isinstance(code, str) else []
        if len(parts) != len(self.digits) or not all(map(is_digits, parts, self.digits)):
            return None
        return '%s.%s' % (parts[self.centro], parts[self.mesa])

    def read(self, text):
        """What the text of an acta's code says; None where it is not in the grammar."""
        segments = text.split('!') if isinstance(text, str) else []
        if len(segments) != 4 or len(text) > LONGEST_PAYLOAD:
            return None
        table = self.table_of(segments[0])
        votes = segments[1].split(',')
        counts = [self.count_of(text) for text in votes + segments[2:]]
        if table is None or len(votes) != len(self.cards) or None in counts:
            return None
        return Reading(table, tuple(counts[:-2]), counts[-2], counts[-1])

    def count_of(self, text):
        plain = re.fullmatch('0|[1-9][0-9]{0,6}', text)
        return int(text) if plain and int(text) <= self.highest_count else None


def is_digits(text, length):
    return re.fullmatch('[0-9]{%d}' % length, text) is not None


def read_election(data):
    if len(data) > LARGEST_DEFINITION:
        raise Fault('bad-election')
    return Election(parse_json(data))

"""What an election's actas say: its definition, and the text of an acta's code in its one spelling."""
import re
from collections import namedtuple

from .faults import Fault
from .shapes import fields, list_of, match, whole
from .strict_json import parse_json

LONGEST_PAYLOAD = 2048     # bytes
LARGEST_DEFINITION = 1 << 20

# What an acta says of a table; two that are equal say the same.
Reading = namedtuple('Reading', 'table votes null_votes empty_votes')

DEFINITION = fields({
    'id': match('[a-z0-9][a-z0-9-]{1,62}'),
    'code': fields({'digits': list_of(whole(1), 1, 8), 'centro': whole(0), 'mesa': whole(0)}),
    'candidates': list_of(fields({'id': match('[A-Z0-9]{1,8}')}), 1, 200),
    'cards': list_of(fields({'candidate': match('(?s:.*)')}), 1, 400),
    'highestCount': whole(1),
})


class Election:
    def __init__(self, definition):
        if not DEFINITION(definition):
            raise Fault('bad-election')
        code = definition['code']
        self.id, self.highest_count = definition['id'], definition['highestCount']
        self.digits, self.centro, self.mesa = code['digits'], code['centro'], code['mesa']
        self.candidates = [candidate['id'] for candidate in definition['candidates']]
        self.names = {one['id']: one['name'] if isinstance(one.get('name'), str) else one['id'] for one in definition['candidates']}
        self.cards = [card['candidate'] for card in definition['cards']]
        if not (self.centro < len(self.digits) and self.mesa < len(self.digits) and self.centro != self.mesa
                and max(self.digits) <= 20 and self.highest_count <= 999_999
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

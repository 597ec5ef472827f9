"""The record of a publication, feed/<n>.json (ARCHIVE.md, "The feed")."""
import hashlib

from .campaign import NAMED_ISSUE
from .counting import STATES
from .faults import Fault
from .note import encode_base64
from .shapes import FILE_DIGEST, instant, list_of, match, one_of, only, or_null, whole
from .strict_json import parse_json


def is_bool(value):
    return isinstance(value, bool)


def is_text(value):
    return isinstance(value, str)


def why(value):
    return only({'leaf': whole(0)})(value) or only({'campaign': whole(1)})(value)


def any_number(check):
    return list_of(check, 0, float('inf'))


TABLE_THEN = or_null(only({'status': one_of(*STATES), 'confirmed': is_bool, 'votes': or_null(any_number(whole(0)))}))
RECORD = only({
    'n': whole(0), 'origin': is_text, 'size': whole(0), 'root': is_text, 'time': instant, 'rehearsal': is_bool,
    'campaign': NAMED_ISSUE, 'registry': NAMED_ISSUE, 'centres': NAMED_ISSUE,
    'definition': FILE_DIGEST, 'register': FILE_DIGEST, 'figures': lambda value: isinstance(value, dict),
    'changes': any_number(only({'table': match(r'[0-9]{1,20}\.[0-9]{1,20}'), 'before': TABLE_THEN, 'after': TABLE_THEN,
                                'why': any_number(why)})),
})


def read_record(data):
    """None for what is none."""
    try:
        record = parse_json(data)
    except Fault:
        return None
    return record if RECORD(record) else None


def is_of(record, site, campaign, text):
    """Whether it is of this publication, by the campaign object in force and its text."""
    said = {**{name: campaign[name] for name in ('rehearsal', 'registry', 'centres', 'definition', 'register')},
            'n': site.publication, 'size': site.size, 'root': encode_base64(site.root), 'origin': campaign['log']['origin'],
            'campaign': {'issue': campaign['issue'], 'sha256': hashlib.sha256(text.encode()).hexdigest()}}
    return all(record[name] == value for name, value in said.items())

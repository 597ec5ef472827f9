"""
What may be public for ever: objects of which every field is named by the format, and no text is free (FORMAT.md, "What
is published"). The shapes say what the fields hold; here is which there are.
"""
import re

from .campaign import campaign_shape
from .faults import Fault
from .spelling import is_spelled_as_written

IMAGE_ROLES = {'full', 'top', 'upper-middle', 'middle', 'lower-middle', 'bottom', 'public'}
SOFTWARE = re.compile(r'testigo/[0-9]{1,4}(\.[0-9]{1,4}){2}(-(alpha|beta|rc)\.[0-9]{1,4})?')

# Names to what they hold: None for a plain value, a dict for an object, a list of one for a list of these.
POSITION = {'seq': None, 'id': None}
IMAGE = {'role': None, 'mediaType': None, 'size': None, 'sha256': None,
         'sealed': {'format': None, 'size': None, 'sha256': None}}
READING = dict.fromkeys(('method', 'text', 'code'))
ENTRY = dict.fromkeys(('v', 'election', 'device', 'boot', 'seq', 'prev', 'anchor', 'kind', 'software'))
TIME = {1: dict.fromkeys(('wall', 'source', 'monotonicMs')), 2: dict.fromkeys(('day', 'source'))}
OF_KIND = {
    1: {'acta': {'reading': READING, 'images': [IMAGE]}, 'void': {'voids': POSITION}},
    2: {'acta': {'reading': {**READING, 'hmac': None, 'print': None}, 'images': [IMAGE]},
        'void': {'voids': POSITION, 'reason': None}},
}
HEAD = dict.fromkeys(('v', 'device', 'seq', 'id', 'receipts'))
TRANSCRIPTION = dict.fromkeys(('v', 'election', 'station', 'seq', 'prev', 'entry', 'image', 'hmac', 'signatures', 'replaces',
                               'day', 'text', 'code', 'unreadable'))
RULING = dict.fromkeys(('v', 'election', 'officer', 'seq', 'prev', 'table', 'excludes', 'reason', 'rests', 'replaces', 'day'))


def names_of(kind, payload):
    if kind == 'entry':
        version = payload['v']
        return {**ENTRY, 'time': TIME[version], **OF_KIND[version].get(payload['kind'], {})}
    if kind == 'head':
        return {**HEAD, 'time' if payload['v'] == 1 else 'day': None}
    return TRANSCRIPTION if kind == 'transcription' else RULING


def only_named(value, names):
    if isinstance(value, dict) and isinstance(names, dict):
        return all(name in names and only_named(field, names[name]) for name, field in value.items())
    if isinstance(value, list) and isinstance(names, list):
        return all(only_named(one, names[0]) for one in value)
    # A plain value, or a list of these.
    return names is None or value is None


def is_publishable(signed, election, rehearsal):
    """Whether it may stand as text, by the definition in force."""
    kind, payload = signed.kind, signed.payload
    try:
        signed.read(campaign_shape if kind == 'campaign' else None)
    except Fault:
        return False
    if not is_spelled_as_written(signed):
        return False
    if kind != 'head' and payload['election'] != election.id:
        return False
    if kind == 'campaign':
        return True
    if not only_named(payload, names_of(kind, payload)):
        return False
    if kind in ('entry', 'head'):
        if payload['v'] == 1 and not rehearsal:
            return False
        return kind == 'head' or is_entry_closed(payload, election)
    if kind == 'transcription':
        return is_reading_closed(payload.get('text'), payload.get('code'), election)
    centro, mesa = payload['table'].split('.')
    return election.is_centro(centro) and election.is_mesa(mesa)


def is_entry_closed(entry, election):
    if not SOFTWARE.fullmatch(entry['software']):
        return False
    if entry['kind'] != 'acta':
        return True
    reading = entry['reading']
    return (is_reading_closed(reading['text'], reading['code'], election)
            and all(image['role'] in IMAGE_ROLES for image in entry['images']))


def is_reading_closed(text, code, election):
    return ((text is None or election.read(text) is not None)
            and (code is None or election.table_of(code) is not None))

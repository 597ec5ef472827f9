"""What the objects must hold; what they hold besides is ignored."""
import re

from .keys import is_spki


def match(pattern):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def text(most):
    return lambda value: isinstance(value, str) and len(value) <= most


def one_of(*values):
    return lambda value: isinstance(value, str) and value in values


def whole(least):
    return lambda value: type(value) is int and least <= value


def or_null(check):
    return lambda value: value is None or check(value)


def list_of(check, least, most):
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(check, value))


def fields(required, optional=()):
    optional = dict(optional)
    return lambda value: (isinstance(value, dict)
                          and all(name in value and check(value[name]) for name, check in required.items())
                          and all(name not in value or check(value[name]) for name, check in optional.items()))


def only(required, optional=()):
    """No field but these."""
    check, names = fields(required, optional), {**required, **dict(optional)}
    return lambda value: check(value) and all(name in names for name in value)


def day(value):
    """One that exists."""
    found = isinstance(value, str) and re.fullmatch('([0-9]{4})-([0-9]{2})-([0-9]{2})', value)
    if not found:
        return False
    year, month, number = map(int, found.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (1 <= month <= 12
            and 1 <= number <= [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1])


def instant(value):
    """UTC to the second, of a day that exists."""
    return (isinstance(value, str) and day(value[:10])
            and re.fullmatch('T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z', value[10:]) is not None)


def whole_minute(value):
    return instant(value) and value.endswith(':00Z')


def a_range(value):
    return list_of(whole(0), 2, 2)(value) and value[0] <= value[1]


ID = match('[a-z0-9][a-z0-9-]{2,31}')
OBJECT_ID = match('[A-Za-z0-9_-]{43}')
LEDGER_ID = match('[A-Za-z0-9_-]{22}')
FILE_DIGEST = match('[0-9a-f]{64}')
POSITION = fields({'seq': whole(1), 'id': OBJECT_ID})
IMAGE = fields({
    'role': match('[a-z][a-z0-9-]{0,15}'),
    'mediaType': one_of('image/jpeg', 'image/png', 'image/webp', 'image/tiff'),
    'size': whole(1), 'sha256': FILE_DIGEST,
}, {'sealed': fields({'format': one_of('age-v1'), 'size': whole(1), 'sha256': FILE_DIGEST})})
IMAGES = list_of(IMAGE, 1, 16)
SOURCE = one_of('none', 'rtc', 'ntp', 'receipt')
READING = {'method': one_of('qr', 'ocr', 'none'), 'text': or_null(text(4096)), 'code': or_null(text(64))}
ENTRY = fields({
    'election': text(64), 'device': ID, 'boot': whole(1), 'seq': whole(1), 'prev': OBJECT_ID,
    'anchor': or_null(OBJECT_ID), 'kind': one_of('acta', 'boot', 'clock', 'close', 'void'),
})
# By `v`: what all have, then what those of a kind have beside it.
ENTRY_OF = {
    1: (fields({'time': fields({'wall': whole_minute, 'source': SOURCE, 'monotonicMs': whole(0)}), 'software': text(64)}),
        {'acta': fields({'reading': fields(READING), 'images': IMAGES}), 'void': fields({'voids': POSITION})}),
    2: (fields({'time': fields({'day': day, 'source': SOURCE}),
                'software': match(r'testigo/[0-9]{1,4}(\.[0-9]{1,4}){2}(-(alpha|beta|rc)\.[0-9]{1,4})?')}),
        {'acta': fields({'reading': fields(READING, {'hmac': FILE_DIGEST, 'print': one_of('agrees', 'differs', 'unread')}),
                         'images': IMAGES}),
         'void': fields({'voids': POSITION, 'reason': one_of('test', 'twice', 'not-an-acta', 'other')})}),
}


def entry_shape(value):
    if not ENTRY(value) or value.get('v') not in ENTRY_OF:
        return False
    common, of_kind = ENTRY_OF[value['v']]
    return common(value) and (value['kind'] not in of_kind or of_kind[value['kind']](value))


def answer(ranges):
    """What a receipt says of one entry, of each file at most so many ranges that are missing."""
    return {'seq': whole(1), 'entry': OBJECT_ID, 'status': one_of('stored', 'duplicate', 'conflict', 'rejected'),
            'images': list_of(fields({'sha256': FILE_DIGEST, 'status': one_of('stored', 'missing'),
                                      'missing': list_of(a_range, 0, ranges)}), 0, 16)}


REASON = {'reason': text(200)}
SAID_IN_RECEIPT = fields({
    'v': whole(1), 'device': ID, **answer(200),
    'upto': or_null(POSITION), 'gaps': list_of(a_range, 0, 200), 'time': instant, 'copies': whole(0),
}, {**REASON, 'ledger': LEDGER_ID, 'returned': OBJECT_ID, 'also': list_of(fields(answer(1), REASON), 0, 128),
    'nonce': match('[A-Za-z0-9_-]{21}[AQgw]'), 'publishBy': instant})


def answers(receipt):
    """What it says of each entry that it answers: of the first, and of those in `also`, by the same rules."""
    return [receipt] + receipt.get('also', [])


def receipt_shape(value):
    """One that contradicts itself says nothing."""
    if not SAID_IN_RECEIPT(value):
        return False
    last, said = value['upto']['seq'] if value['upto'] else 0, answers(value)
    held = [one['seq'] for one in said if one['status'] != 'rejected']
    for first, end in value['gaps']:
        if first <= last or any(first <= seq <= end for seq in held):
            return False
        last = end
    return (len({one['entry'] for one in said}) == len(said)
            and all(one['status'] in ('stored', 'duplicate') or 'reason' in one for one in said)
            and (not held or value['copies'] > 0)
            and not any(image['status'] == 'stored' and image['missing'] for one in said for image in one['images']))


HEAD = fields({'device': ID, 'seq': whole(1), 'id': OBJECT_ID, 'receipts': whole(0)})
HEAD_OF = {1: fields({'time': instant}), 2: fields({'day': day})}


def head_shape(value):
    return HEAD(value) and value.get('v') in HEAD_OF and HEAD_OF[value['v']](value)


CONTROL = fields({'v': whole(1), 'device': ID, 'verb': one_of('resend'), 'from': whole(1), 'ledger': LEDGER_ID,
                  'time': instant})
REVOKED_DEVICE = {
    'device': ID, 'last': whole(0), 'time': instant,
    'reason': one_of('lost', 'stolen', 'seized', 'cloned', 'key-exposed', 'damaged', 'retired'),
}
REVOCATION = fields({'v': whole(1), **REVOKED_DEVICE})
REASON = REVOKED_DEVICE['reason']
SAID_IN_CENTRES = fields({
    'v': whole(1), 'issue': whole(1), 'time': instant,
    'centres': list_of(fields({'id': ID, 'spki': is_spki}), 0, 64),
    'revoked': list_of(fields({'id': ID, 'reason': REASON}), 0, 256),
})
LISTED_KEY = fields({'id': ID, 'spki': is_spki})
SAID_IN_REGISTRY = fields({
    'v': whole(1), 'issue': whole(1), 'time': instant,
    'devices': list_of(LISTED_KEY, 0, 10_000),
    'revocations': list_of(fields(REVOKED_DEVICE), 0, 10_000),
}, {'stations': list_of(LISTED_KEY, 0, 500), 'officers': list_of(LISTED_KEY, 0, 500)})


def all_different(values):
    return len(set(values)) == len(values)


def registry_shape(value):
    """An id stands in one role only."""
    return SAID_IN_REGISTRY(value) and all_different(
        [one['id'] for role in ROLES for one in value.get(role, ())])


def centres_shape(value):
    if not SAID_IN_CENTRES(value):
        return False
    return all_different([centre['id'] for centre in value['centres'] + value['revoked']])


# Of a registry: who records, who reads, who rules.
ROLES = 'devices', 'stations', 'officers'
SAID_IN_TRANSCRIPTION = fields({
    'v': whole(1), 'election': text(64), 'station': ID, 'seq': whole(1), 'prev': OBJECT_ID,
    'entry': OBJECT_ID, 'image': FILE_DIGEST,
    'signatures': list_of(one_of('filled', 'empty', 'not-visible'), 6, 6), 'day': day,
}, {'hmac': FILE_DIGEST, 'replaces': OBJECT_ID, 'code': text(64)})
UNREADABLE = one_of('no-acta', 'blurred', 'faded', 'covered', 'cut-off', 'another-election', 'other')


def transcription_shape(value):
    """Either what was read, or why it can't be."""
    if not SAID_IN_TRANSCRIPTION(value):
        return False
    if 'text' in value:
        return 'unreadable' not in value and text(2048)(value['text']) and value['text'] != ''
    return 'unreadable' in value and UNREADABLE(value['unreadable'])


def ids(least):
    return lambda value: list_of(OBJECT_ID, least, 256)(value) and all_different(value)


RULING = fields({
    'v': whole(1), 'election': text(64), 'officer': ID, 'seq': whole(1), 'prev': OBJECT_ID,
    'table': match(r'[0-9]{1,20}\.[0-9]{1,20}'), 'excludes': ids(0),
    'reason': one_of('misread', 'not-the-paper', 'forged-paper', 'another-table', 'replaced', 'other'),
    'rests': lambda value: value == 'paper' or ids(1)(value), 'day': day,
}, {'replaces': ids(1)})


# The newest `v` of the kinds that have more than one; all before it are known.
NEWEST = {'entry': 2, 'head': 2}
SHAPES = {'entry': entry_shape, 'receipt': receipt_shape, 'head': head_shape, 'control': CONTROL,
          'revocation': REVOCATION, 'registry': registry_shape, 'centres': centres_shape,
          'transcription': transcription_shape, 'ruling': RULING}

"""
What the authority of an archive says in issues of which all are kept and the newest counts: the campaign object, by which a
log and all that decides a figure is named, and the list of mirrors. Their grammar is closed.
"""
import re

from .faults import Fault
from .note import COSIGNATURE, NOTE, decode_base64, read_verifier_key
from .objects import Signed
from .shapes import FILE_DIGEST, all_different, instant, list_of, match, only, whole
from .spelling import is_spelled_as_written

UNFIT = re.compile('[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff'
                   '\ud800-\udfff]')


def shown_text(value):
    """One line that people read on every page, without what does not show."""
    return (isinstance(value, str) and value != '' and not UNFIT.search(value) and len(value.encode()) <= 200
            and value == value.strip(' '))


def verifier_key(value):
    key = read_verifier_key(value) if isinstance(value, str) else None
    return key is not None and re.fullmatch('[!-~]+', key.name) is not None


def one(value):
    return type(value) is int and value == 1


def root(value):
    return isinstance(value, str) and len(decode_base64(value) or b'') == 32


NAMED_ISSUE = only({'issue': whole(1), 'sha256': FILE_DIGEST})
LOG = {'origin': lambda value: isinstance(value, str) and len(value) <= 255, 'vkey': verifier_key}
FIELDS = only({
    'v': one, 'issue': whole(1), 'time': instant, 'election': match('[a-z0-9][a-z0-9-]{1,62}'),
    'definition': FILE_DIGEST, 'register': FILE_DIGEST, 'registry': NAMED_ISSUE, 'centres': NAMED_ISSUE, 'log': only(LOG),
    'witnesses': list_of(only({'vkey': verifier_key, 'organisation': shown_text, 'country': match('[A-Z]{2}')}), 0, 32),
    'threshold': lambda value: whole(0)(value) and value <= 32, 'rehearsal': lambda value: isinstance(value, bool),
    'earlier': list_of(only({**LOG, 'size': whole(0), 'root': root}), 0, 16),
})
MIRRORS = only({'v': one, 'issue': whole(1), 'time': instant,
                'mirrors': lambda value: list_of(shown_text, 0, 100)(value) and all_different(value)})


def campaign_shape(value):
    if not FIELDS(value):
        return False
    logs = [value['log'], *value['earlier']]
    keys = [read_verifier_key(log['vkey']) for log in logs]
    if any(key.type != NOTE or key.name != log['origin'] for key, log in zip(keys, logs)):
        return False
    if not all_different([log['origin'] for log in logs]):
        return False
    for witness in witness_keys(value):
        if witness.type != COSIGNATURE or any(witness.is_same_signer(key) for key in keys):
            return False
        keys.append(witness)
    count = len(value['witnesses'])
    return value['threshold'] <= count and (value['threshold'] > 0) == (count > 0)


def witness_keys(campaign):
    return [read_verifier_key(witness['vkey']) for witness in campaign['witnesses']]


class Issues:
    """`kind` is 'campaign' or 'mirrors'."""

    def __init__(self, kind, key):
        self.kind, self.key, self.kid = kind, key, None
        self.shape = campaign_shape if kind == 'campaign' else MIRRORS
        self.by_issue, self.newest, self.newest_text = {}, None, None     # issue to text and what it says

    def take(self, text):
        signed = Signed(text, self.kind)
        signed.verify(self.key)
        if self.kid not in (None, signed.kid):
            raise Fault('wrong-authority')
        said = signed.read(self.shape)
        if not is_spelled_as_written(signed):
            raise Fault('bad-payload')
        same = self.by_issue.get(said['issue'])
        if same:
            raise Fault(self.kind + ('-rollback' if same[0] == text else '-equivocation'))
        if self.newest:
            if said['issue'] < self.newest['issue']:
                raise Fault(self.kind + '-rollback')
            if self.kind == 'campaign':
                check_goes_on(self.newest, said)
        self.kid, self.newest, self.newest_text = signed.kid, said, text
        self.by_issue[said['issue']] = text, said


def check_goes_on(before, after):
    for name in 'registry', 'centres':
        if after[name]['issue'] < before[name]['issue']:
            raise Fault('campaign-rollback')
        if after[name]['issue'] == before[name]['issue'] and after[name]['sha256'] != before[name]['sha256']:
            raise Fault('campaign-equivocation')
    earlier = {log['vkey'] for log in after['earlier']}
    goes_on = (after['election'] == before['election'] and after['rehearsal'] == before['rehearsal']
               and all(log in after['earlier'] for log in before['earlier'])
               and (after['log']['vkey'] == before['log']['vkey'] or before['log']['vkey'] in earlier))
    if not goes_on:
        raise Fault('campaign-changed')

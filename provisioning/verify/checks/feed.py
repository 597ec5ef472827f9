"""The records of publications, feed/<n>.json (ARCHIVE.md, "The feed"), and their notes, sites/<n>."""
import hashlib

from .campaign import NAMED_ISSUE
from .counting import STATES
from .faults import Fault
from .note import LONGEST_NOTE, Site, encode_base64, parse_decimal
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


TABLE_THEN = or_null(only({'status': one_of(*STATES), 'electors': or_null(whole(0)),
                           'confirmed': is_bool, 'votes': or_null(any_number(whole(0)))}))
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


class Records:
    """Of all publications so far, as far as the tree and the campaign objects can show; and their notes."""

    def __init__(self, folder, log, site):
        """The first that is not there ends those of before: a log may sign any number."""
        self.folder, self.log, self.site, self.found = folder, log, site, {}      # number to record or fault
        number = 0
        while number < site.publication and not self.is_missing(number - 1):
            self.found[number] = self.read(number)
            number += 1
        self.found[site.publication] = self.read(site.publication)

    def is_missing(self, number):
        found = self.found.get(number)
        return isinstance(found, Fault) and found.code == 'file-missing'

    def read(self, number):
        """All are held at once: what fills a record is left out."""
        try:
            record = read_record(self.folder.read('feed/%d.json' % number))
        except Fault as fault:
            return fault
        return record and {name: value for name, value in record.items() if name not in ('figures', 'changes')}

    def record(self, number):
        """None where it is none, or can't be read."""
        found = self.found.get(number)
        return None if isinstance(found, Fault) else found

    def sizes(self):
        return {(self.record(number) or {'size': 0})['size'] for number in self.found}

    def time(self):
        record = self.record(self.site.publication)
        return record and record['time']

    def check(self, roots, campaign_at, faults):
        """`campaign_at` gives text and words of the campaign object that was in force at a size, or None."""
        before = 0
        for number, found in self.found.items():
            path, record, site = 'feed/%d.json' % number, self.record(number), self.site
            if isinstance(found, Fault):
                faults.add(found.code, path=path)
                continue
            is_shown, said = number == site.publication, record['size'] if record else 0
            size = site.size if is_shown else said
            root = site.root if is_shown else roots.get(size)
            campaign = campaign_at(size)
            if (record is None or campaign is None or not before <= size <= site.size
                    or not is_of(record, {'n': number, 'origin': self.log.name, 'size': size,
                                          'root': encode_base64(root) if root else record['root']}, *campaign)):
                faults.add('feed-differs', path=path)
            before = max(before, said)
        self.check_notes(faults)

    def check_notes(self, faults):
        """Those of before in sites/."""
        numbers = [number for number in map(parse_decimal, self.folder.names('sites')) if number is not None]
        for number in sorted(number for number in numbers if number < self.site.publication):
            path, record = 'sites/%d' % number, self.record(number)
            try:
                note = Site(self.folder.read(path, LONGEST_NOTE), self.log)
                if note.publication != number:
                    raise Fault('bad-site')
                if record and (record['size'], record['root']) != (note.size, encode_base64(note.root)):
                    raise Fault('site-differs')
            except Fault as fault:
                faults.add(fault.code, path=path)


def is_of(record, tree, text, campaign):
    said = {**{name: campaign[name] for name in ('rehearsal', 'registry', 'centres', 'definition', 'register')}, **tree,
            'campaign': {'issue': campaign['issue'], 'sha256': hashlib.sha256(text.encode()).hexdigest()}}
    return all(record[name] == value for name, value in said.items())

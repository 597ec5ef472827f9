#!/usr/bin/env python3
"""Check a public archive, the proof of one acta, the journal of a kiosk, or the ledger of a centre, without Testigo.

    python3 verify.py ARCHIVE [--no-images] [--json] [--rehearsal]
    python3 verify.py FILE.tlog-proof --keys ARCHIVE-OR-ITS-KEYS [--json] [--rehearsal]
    python3 verify.py JOURNAL-OR-LEDGER-DIRECTORY [--no-images] [--json]
    python3 verify.py LEDGER-DIRECTORY --tally [--register register.csv] [--election FILE]
    python3 verify.py --object head --by k-abcdefgh --key device.pem < head.txt

Needs Python 3.8 or later and nothing else. This file is the command; `checks/` beside it does the work, a file a
subject, to be read before it is run: `journal.py` and `ledger.py` first, `counting.py` for what a ledger adds up to
(COUNTING.md says how); of an archive `archive.py` and `leaves.py`, of the proof of one acta `proof.py` (ARCHIVE.md, FORMAT.md).
Exit status: 0 whole, 1 found wrong, 2 used wrongly, 3 could not be read.

WHAT A VERDICT PROVES. Custody. "Whole" says that the holder of the private key that belongs to the public
key beside the journal signed exactly these lines, as its first, second, third ... record, and that none
was altered, put in, taken out or moved since; that the stored images are, byte for byte, those the lines
name; in a ledger also that every receipt was signed by the centre and says what the lines above it show.

WHAT IT DOES NOT PROVE. That a paper was genuine, or read without error: a well kept record of a forged acta
is well kept. Whose key it is: compare the public keys with ones you had from another hand. That nothing was
cut off the end: only a head (head.jws, or one photographed at the close of the day) or a receipt shows that.
Nor when: a kiosk tells the day as far as its own clock knew.

Where authority.pem lies beside them, devices are known by its certificates or by the registry that it signed
(registry.jws), and what a revoked device recorded after its last good entry is a fault. Receipts count by the centres
of its newest list (centres.jws), where there is one. Then authority.pem is the
one key to compare. Sealed images are checked by the digest of their sealed bytes; nothing is opened.

The formats: JWS compact (RFC 7515), ES256 (RFC 7518, FIPS 186-5), JSON (RFC 8259), one object a line.
Written from the description of the formats; no line is shared with Testigo itself.
"""
import argparse
import json
import os
import sys

sys.dont_write_bytecode = True
from checks import fingerprint
from checks.archive import check_archive, is_archive
from checks.faults import MOST_FAULTS, Fault
from checks.journal import check_journal
from checks.keys import key_of, read_pem
from checks.ledger import check_ledger
from checks.objects import open_object
from checks.people import check_people
from checks.printable import say
from checks.proof import ENDING, LONGEST_PROOF, check_proof
from checks.regular_file import open_regular
from checks.shapes import SHAPES
from checks.tally import tally

CUSTODY = ('Signatures prove custody (who recorded these bytes, and in which order), '
           'never that the paper is genuine.')


CHECKS = {
    'journal': ('entries.jws', check_journal), 'ledger': ('ledger.jws', check_ledger),
    'transcriptions': ('transcriptions.jws', lambda directory, _: check_people(directory, 'transcriptions')),
    'rulings': ('rulings.jws', lambda directory, _: check_people(directory, 'rulings')),
}
UNREADABLE = 'unreadable', 'file-unreadable'


def check(directory, kind, images=True, rehearsal=False):
    """The report; one with `fault` where nothing could be checked."""
    try:
        if kind == 'archive':
            return check_archive(directory, images, rehearsal)
        return CHECKS[kind][1](directory, images) if kind else not_checked(None, Fault('nothing-to-check'))
    except Fault as fault:
        return not_checked(kind, fault)
    except OSError as error:
        return not_checked(kind, Fault('unreadable', error.filename, error.strerror))


def kind_in(directory):
    """By the name alone: what can't be read under it is told by what reads it. None: none of them."""
    if is_archive(directory):
        return 'archive'
    paths = {kind: os.path.join(directory, name) for kind, (name, _) in CHECKS.items()}
    return next((kind for kind, path in paths.items() if os.path.exists(path) and not os.path.isdir(path)), None)


def not_checked(kind, fault):
    return {'kind': kind, 'whole': False, 'fault': {'code': fault.code, 'detail': fault.detail}}


def is_unreadable(report):
    return report.get('fault', {}).get('code') in UNREADABLE


def for_people(report):
    codes = [fault['code'] for fault in [report.get('fault'), *report.get('faults', ())] if fault]
    if not is_unreadable(report):
        yield 'WHOLE' if report['whole'] else 'NOTHING TO CHECK' if codes == ['nothing-to-check'] else 'FOUND WRONG'
    if 'fault' in report:
        yield 'Nothing could be checked: %(code)s: %(detail)s' % report['fault']
    elif report['kind'] == 'journal':
        yield 'Journal of %s: %d entries, %d actas.' % (report['device'], report['entries'], report['actas'])
        yield from revoked(report)
        if report['head']:
            yield 'Head %(seq)d %(id)s. Compare it with a photographed head: a cut-off tail shows nowhere else.' % report['head']
    elif report['kind'] == 'archive':
        yield from archive_for_people(report)
    elif report['kind'] in ('transcriptions', 'rulings'):
        yield '%s of %s: %d.' % (report['kind'].capitalize(), report['device'], report['entries'])
        yield from revoked(report)
    else:
        yield 'Ledger of %s: %d entries, %d actas, %d receipts.' % (
            report['centre'], report['entries'], report['actas'], report['receipts'])
        if report['revokedReceipts']:
            yield 'Receipts of revoked centres, which count nowhere: %(revokedReceipts)d' % report
        for role, what in ('devices', 'entries'), ('stations', 'answers'), ('officers', 'rulings'):
            for one in report[role]:
                upto = one['upto'] or {'seq': 0, 'id': ''}
                yield '  %s: %d %s, without a gap up to %d %s' % (
                    one['device'], one['entries'], what, upto['seq'], upto['id'])
                yield from revoked(one)
    if 'fault' not in report and report['kind'] != 'archive':
        is_ledger = report['kind'] == 'ledger'
        yield from quarantine(report['devices'] + report['stations'] + report['officers'] if is_ledger else [report])
    if report.get('authority'):
        yield 'By the word of authority %(key)s, registry %(issue)d, list of centres %(centres)d.' % report['authority']
    for key in report.get('restsOn', ()):
        yield from fingerprint.for_people(key)
    if report.get('images') and report['kind'] != 'archive':
        yield 'Images: ' + ', '.join('%d %s' % (len(count) if name == 'givenAway' else count, name) for name, count in report['images'].items()) + '.'
    for fault in report.get('faults', ()):
        if report['kind'] == 'archive':
            where = ' in leaf %d' % fault['leaf'] if 'leaf' in fault else ' in ' + fault['path'] if fault.get('path') else ''
            yield 'FAULT%s: %s: %s' % (where, fault['code'], fault['detail'])
            continue
        seq, device, file = fault.get('seq'), fault.get('device'), fault.get('file')
        where = (' of %s' % file if file else '') + (', entry %d' % seq if seq else '') + (' of %s' % device if device else '')
        yield 'FAULT in line %d%s: %s: %s' % (fault['line'], where, fault['code'], fault['detail'])
    if report.get('faultCount', 0) > MOST_FAULTS:
        yield '... and %d more faults' % (report['faultCount'] - MOST_FAULTS)
    for proof in report.get('proofs', ()):
        yield 'CLONED OR ROLLED BACK: %s signed different entries %d (lines %s)' % (
            proof['device'], proof['seq'], ', '.join(str(entry['line']) for entry in proof['entries']))


REHEARSAL = 'REHEARSAL: nothing here is of an election.'


def check_proof_file(path, keys, rehearsal):
    try:
        with open_regular(path) as file:
            data = file.read(LONGEST_PROOF + 1)
        return check_proof(data, keys, rehearsal)
    except Fault as fault:
        return not_checked('proof', fault)
    except OSError as error:
        return not_checked('proof', Fault('unreadable', error.filename, error.strerror))


def proof_for_people(report):
    yield 'PROVED' if report['whole'] else 'NOT PROVED'
    if 'fault' in report:
        yield 'Nothing could be checked: %(code)s: %(detail)s' % report['fault']
        return
    if report['rehearsal']:
        yield REHEARSAL
    if report['origin'] is not None:
        yield 'In the log %(origin)s: leaf %(leaf)d of %(size)d.' % report
    entry, acta = report['entry'], report['acta']
    if report['object']:
        what = 'entry (%(kind)s, %(day)s)' % entry if entry else report['object']
        yield 'It is %s%s by %s.' % (what, '' if report['seq'] is None else ' no. %d' % report['seq'], report['by'])
    if report['object'] == 'withheld':
        yield 'Its text is not published: its place alone is proved.'
    if report['signatureVerified']:
        yield 'Its signature verifies under a key that the authority lists.'
    if acta:
        yield from acta_for_people(acta, entry['method'])
    elif entry and entry['kind'] == 'acta':
        code = '' if entry['code'] is None else ' (code %s)' % entry['code']
        yield 'No machine read its counts%s.' % code if entry['said'] is None else 'It says, to the letter: ' + entry['said']
    if report['origin'] is not None:
        yield witnesses_for_people(report['witnesses'])
    for fault in report['faults']:
        yield 'FAULT%s: %s: %s' % (' in ' + fault['path'] if fault['path'] else '', fault['code'], fault['detail'])
    for key in report['restsOn']:
        yield from fingerprint.for_people(key)
    yield 'Log ' + report['log']


def acta_for_people(acta, method):
    centre, table = acta['table'].split('.')
    place = acta['place']
    where = ': %s; %d electors' % (', '.join(filter(None, (place[name] for name in ('state', 'municipality', 'parish', 'centroName')))),
                                   place['electors']) if place else ''
    yield 'Centre %s, table %s%s.' % (centre, table, where)
    for candidate in acta['candidates']:
        yield '  %(name)s (%(id)s): %(votes)d' % candidate
    yield '  null %(nullVotes)d, empty %(emptyVotes)d; %(total)d in all.' % acta
    yield 'Read from %s.' % ('the code that is printed on it' if method == 'qr' else 'its print')
    if acta['definition'] == 'program':
        yield 'The names are those of this program: campaign/election.json of the copy is not at hand.'
    yield 'Whether it was taken back later, or another says otherwise, no proof of one acta shows: the archive does.'


def witnesses_for_people(witnesses):
    listed, threshold, cosigned = (witnesses[name] for name in ('listed', 'threshold', 'cosigned'))
    if not threshold:
        return 'Nobody was asked to witness it.'
    return '%s: by %d of %d, %d have to (%s).' % ('NOT WITNESSED' if len(cosigned) < threshold else 'Witnessed',
                                                  len(cosigned), listed, threshold, ', '.join(cosigned) or 'nobody')


def archive_for_people(report):
    if report['rehearsal']:
        yield REHEARSAL
    kinds = ', '.join('%d %s' % (count, kind) for kind, count in report['leaves'].items() if count)
    known = {name: '(unknown)' if report[name] is None else report[name] for name in ('origin', 'publication', 'time', 'size', 'root')}
    yield 'Archive of the log %(origin)s: publication %(publication)s of %(time)s, %(size)s leaves' % known + ' (%s).' % kinds
    yield 'Root %(root)s, of the log %(log)s.' % {**known, 'log': report['log']}
    yield witnesses_for_people(report['witnesses'])
    yield 'Signed by %d devices, %d stations, %d officers.' % tuple(
        len(report[role]) for role in ('devices', 'stations', 'officers'))
    yield 'Pictures: %(public)d public ones named, %(absent)d absent, %(withdrawn)d withdrawn.' % report['images']
    figures = report['figures']
    if figures:
        yield 'Figures computed from the leaves: %d tables counted, %d confirmed.' % (
            figures['tables']['counted']['tables'] + figures['unlisted']['counted'], figures['confirmed']['tables'])
    else:
        yield 'FIGURES: could not be computed.'
    for finding in report['findings'][:20]:
        seq = '' if finding['seq'] is None else ', number %d' % finding['seq']
        yield 'Finding in leaf %(leaf)d: %(code)s, by %(by)s' % finding + seq
    if report['findingCount'] > 20:
        yield '... and %d more findings' % (report['findingCount'] - 20)


def revoked(report):
    if report['revoked']:
        yield 'REVOKED %(time)s (%(reason)s): good up to entry %(last)d' % report['revoked']


def quarantine(devices):
    """All of them in one line: what comes after the last good entry of a device that is revoked, in no sum."""
    held = [device for device in devices if device['quarantined']]
    if held:
        each = ', '.join('%s %d' % (device['device'], device['quarantined']) for device in held)
        yield 'IN QUARANTINE: %d entries (%s).' % (sum(device['quarantined'] for device in held), each)


def as_json(value):
    """ASCII, of which one control is none of JSON's."""
    return json.dumps(value).replace('\x7f', '\\u007f')


def print_tally(words, options):
    try:
        report, figures = tally(options.path, options.register, options.election)
    except Fault as fault:
        if fault.code in ('bad-register', 'bad-election'):
            words.error('%s: %s' % (fault.code, fault.detail))
        say('Nothing could be counted: %s: %s' % (fault.code, fault.detail), to=sys.stderr)
        return 3 if fault.code in UNREADABLE else 1
    except OSError as error:
        say('%s: %s' % (error.filename, error.strerror), to=sys.stderr)
        return 3
    print(as_json({'figures': figures, 'whole': report['whole'], 'faultCount': report['faultCount'], 'note': CUSTODY}))
    return 0 if report['whole'] else 1


class Words(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        say('%s: %s' % (self.prog, message), to=sys.stderr)
        sys.exit(2)


def main():
    words = Words(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('path', nargs='?', help='the proof of an acta (.tlog-proof), or a directory: of an archive, of a journal, of a ledger, or of what a station or an officer signed')
    words.add_argument('--no-images', action='store_true', help='leave the images out')
    words.add_argument('--json', action='store_true', help='print one JSON object')
    words.add_argument('--keys', metavar='DIR', help='of a proof: an archive or its folder keys/, by which it is checked')
    words.add_argument('--rehearsal', action='store_true', help='of an archive or a proof: a rehearsal is what was asked for')
    words.add_argument('--tally', action='store_true', help='count the tables of a ledger, images left out: one JSON object')
    words.add_argument('--register', metavar='FILE', help='the register of tables, instead of register.csv in the directory')
    words.add_argument('--election', metavar='FILE', help="another election's definition than that of 2024")
    words.add_argument('--object', choices=SHAPES, help='check one object, from standard input')
    words.add_argument('--by', help='id of the one who should have signed it')
    words.add_argument('--key', help='file with the public key of that one')
    words.add_argument('--device', help='the device to which an order came')
    options = words.parse_args()
    if options.object:
        if not (options.by and options.key):
            words.error('--object needs --by and --key')
        try:
            key = key_of(read_pem(options.key))
            payload = open_object(sys.stdin.read().strip(), options.object, options.by, key, options.device)
        except Fault as fault:
            unreadable = fault.code in UNREADABLE
            say('%s: %s: %s' % ('NOTHING CHECKED' if unreadable else 'FOUND WRONG', fault.code, fault.detail))
            return 3 if unreadable else 1
        rests = fingerprint.for_people(fingerprint.rests_on(options.key, key))
        say('WELL SIGNED by %s: %s' % (options.by, as_json(payload)), *rests, CUSTODY)
        return 0
    if options.path is None:
        words.error('say which directory')
    if not os.path.exists(options.path):
        say("%s: can't be read" % options.path, to=sys.stderr)
        return 3
    if options.path.endswith(ENDING):
        if options.keys is None:
            words.error('a proof needs --keys: a copy of the archive, or its folder keys/')
        return shown(check_proof_file(options.path, options.keys, options.rehearsal), proof_for_people, options.json)
    if not os.path.isdir(options.path):
        words.error('%s is no directory' % options.path)
    if options.tally:
        return print_tally(words, options)
    report = check(options.path, kind_in(options.path), not options.no_images, options.rehearsal)
    return shown(report, for_people, options.json)


def shown(report, words, is_json):
    """The exit status."""
    if is_json:
        print(as_json({**report, 'note': CUSTODY}))
    else:
        say(*words(report), CUSTODY)
    return 3 if is_unreadable(report) else 0 if report['whole'] else 1


if __name__ == '__main__':
    sys.exit(main())

"""What can be wrong, in the same words as the other verifiers say it."""

MOST_FAULTS = 100          # told one by one; all are counted

WORDS = {
    'nothing-to-check': 'not one record is there: emptied, not the right folder, or nothing was recorded yet',
    'too-large': 'longer than anything that is ever written',
    'not-a-jws': 'not three parts between dots',
    'bad-base64url': 'a part is not base64url in its one spelling',
    'not-utf8': 'not UTF-8', 'not-json': 'not JSON',
    'duplicate-key': 'a key stands twice: two readers could read two different things',
    'too-deep': 'more than 16 levels of JSON',
    'bad-header': 'the header lacks alg, typ or a well-formed kid',
    'foreign-alg': 'not signed with ES256', 'foreign-typ': 'another kind of object than belongs here',
    'crit': 'the header asks for something that nothing here understands',
    'bad-signature-length': 'the signature is not 64 bytes',
    'high-s': 'the high twin of the signature that was made',
    'bad-signature': 'not signed by the one who should have',
    'unknown-version': 'of a version that this program does not know',
    'bad-payload': 'a field is missing or holds what it must not',
    'wrong-device': 'names another device than its signer, or than the entries before',
    'wrong-station': 'names another station than its signer, or than the answers before',
    'wrong-officer': 'names another officer than its signer, or than the rulings before',
    'other-device': 'an order to another device',
    'nul-byte': 'holds NUL bytes: written when the power failed, or the disk is damaged',
    'line-too-long': 'longer than any line that is ever written',
    'torn-tail': 'the last line has no end: it was cut off while being written',
    'empty-line': 'the line is empty', 'crlf': 'ends with CR LF: something took the file for text and changed it',
    'seq-repeated': 'this number stood before', 'seq-gap': 'numbers are missing before this one',
    'bad-prev': 'does not follow from the entry before it', 'gap': 'entries are missing from here on',
    'equivocation': 'another entry bears this number too: the device was cloned or rolled back',
    'unknown-device': 'no good key of this device is there',
    'unknown-station': 'nobody lists this station', 'unknown-officer': 'nobody lists this officer',
    'wrong-role': 'signed by somebody who is listed for something else',
    'other-image': 'the entry names no picture of which this could be the answer',
    'answer-changed': 'another answer of this station to this entry, which replaces none',
    'wrong-centre': 'by a centre that does not count here',
    'receipt-unfounded': 'the receipt says more than the lines above it show',
    'image-missing': 'an image is not there', 'image-altered': 'an image is not what the entry says',
    'image-unreadable': "an image can't be read",
    'bad-register': 'not a register in its one spelling: `testigo register check FILE --out register.csv` makes it',
    'bad-election': 'not the definition of an election',
    'file-missing': 'there is no such file', 'file-unreadable': "can't be read", 'unreadable': "can't be read",
    'bad-pem': 'holds something else than one key in PEM as it is written strictly (RFC 7468), blanks and words included',
    'not-a-public-key': 'not a public key in PEM', 'not-p256': 'the key is not on the curve P-256',
    'bad-name': 'a certificate is not given to the one whose it should be',
    'foreign-certificate': 'a certificate is not signed by the one above it',
    'wrong-purpose': 'a certificate is not one for this',
    'certificate-expired': 'a certificate was issued when the one above it had ended',
    'wrong-authority': 'signed under another id than what the authority said before',
    'registry-rollback': 'not newer than the registry before it',
    'centres-rollback': 'older than the list of centres before it',
    'centres-equivocation': 'another list of centres has its number: somebody signed two',
    'id-reused': 'lists an id under another key, or in another role, than before',
    'revoked': 'signed after the last good one of somebody who is revoked: anybody may have signed it',
    'tail-cut-off': 'the device recorded more than is here: the end was cut off, or has not come yet',
    'head-differs': 'the device showed another entry of this number as its last',
    'bad-head': 'no head, or not signed by this device',
    'no-authority': 'keys/authority.pem is no key: nothing says whose archive this is',
    'no-campaign': 'keys/campaign.jws has no campaign object: nothing says whose log it is',
    'no-checkpoint': 'checkpoint is not there: is this an archive?',
    'campaign-rollback': 'stands twice, is older than what stands before it, or names something older',
    'campaign-equivocation': 'another one has its number, or names another registry or list with the same number',
    'campaign-changed': 'changes what stays as it is as long as there is a campaign',
    'mirrors-rollback': 'stands twice, or is older than the list before it',
    'mirrors-equivocation': 'another list of mirrors has its number: somebody signed two',
    'log-changed': 'names another log than the newest campaign object',
    'bad-note': 'no signed note, or no checkpoint, as one is written',
    'bad-site': 'not the six lines of a site note', 'foreign-key': "not signed by the log's key",
    'wrong-origin': 'of another log', 'site-differs': 'not the same as site, or of another tree than its record',
    'tile-missing': 'is not there, nor a wider one', 'tile-unreadable': "can't be read", 'bad-tile': 'not in form',
    'tile-differs': 'not the hashes of the leaves below it', 'root-differs': 'the leaves are not those of the checkpoint',
    'forked': 'signed by the log, and not of this tree: both are proof',
    'shrunk': 'signed by the log, and larger than what it shows: both are proof',
    'checkpoint-missing': 'not there, or none',
    'bad-leaf': 'neither an object that is published nor a withheld one',
    'leaf-twice': 'an object with its id stands before',
    'not-closed': 'published as text, though outside the closed grammar',
    'campaign-differs': 'not the next campaign object of keys/campaign.jws',
    'registry-missing': 'lacks one that a campaign object names',
    'centres-missing': 'lacks one that a campaign object names',
    'definition-differs': 'not the file that the campaign object names',
    'register-differs': 'not the file that the campaign object names',
    'not-in-step': 'files of two publications lie together: copy the archive again',
    'figures-differ': 'not what the leaves add up to', 'tables-differ': 'not what the leaves add up to',
    'sums-differ': 'not the one that is signed', 'bad-checksums': 'not as sha256sum writes it, or names what it must not',
    'file-altered': 'not as SHA256SUMS says: edited, or of another publication',
    'file-unlisted': 'neither in a SHA256SUMS nor of the log', 'feed-differs': 'not the record of this publication',
    'image-unknown': 'no leaf names it as a public picture',
    'not-witnessed': 'fewer witnesses have signed than have to',
    'bad-proof': 'not the proof of a leaf, as one is written', 'no-leaf': 'the file has no leaf in it',
    'not-included': 'does not show that its leaf is in the log of its checkpoint',
    'rehearsal': 'nothing here is of an election (--rehearsal takes it as one)',
}


class Fault(Exception):
    """Something is wrong; `code` says what, in the same word as the other verifiers."""

    def __init__(self, code, path=None, reason=None):
        super().__init__(code)
        self.code = code
        self.detail = ('%s: ' % path if path else '') + WORDS[code] + (' (%s)' % reason if reason else '')


class Faults(list):
    """The first hundred; `count` counts all."""
    count = 0

    def add(self, line, code, seq=None, device=None, file=None):
        self.count += 1
        if len(self) < MOST_FAULTS:
            where = {'file': file, 'line': line, 'device': device, 'seq': seq}
            self.append({**{name: value for name, value in where.items() if value is not None},
                         'code': code, 'detail': WORDS[code]})

    def include(self, others):
        """What was found in another file, before anything in this."""
        self.extend(others)
        self.count += others.count

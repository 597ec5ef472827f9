"""What people compare of a public key: the SHA-256 of its SPKI in DER, as hex and as eight words of 11 bits each."""
import hashlib

from .word_lists import ENGLISH, SPANISH


def rests_on(file, key):
    """A key that nothing else in the directory vouches for: the verdict stands or falls with it."""
    digest = hashlib.sha256(key.spki)
    number = int.from_bytes(digest.digest(), 'big')
    bits = [number >> 256 - 11 * (index + 1) & 2047 for index in range(8)]
    return {'file': file, 'sha256': digest.hexdigest(),
            'es': ' '.join(SPANISH[word] for word in bits), 'en': ' '.join(ENGLISH[word] for word in bits)}


def for_people(rests):
    yield 'Rests on the key in %(file)s: compare its fingerprint with one that came by another way.' % rests
    yield '  ' + ' '.join(rests['sha256'][at:at + 4] for at in range(0, 64, 4))
    yield '  es: %(es)s' % rests
    yield '  en: %(en)s' % rests

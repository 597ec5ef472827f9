"""
The word of an authority beside a journal or a ledger, where there is any: authority.pem, its key; registry.jws, the
registries and revocations that it signed, one a line, in the order in which they were issued; and centres.jws, in the
same way its lists of the centres whose receipts count, of which the last counts.
"""
import os

from .base64url import decode_base64url
from .faults import Fault, Faults
from .files import lines_of
from .keys import PinnedAuthority, key_of_spki, read_pem
from .objects import LONGEST, LONGEST_REGISTRY, Signed
from .shapes import ROLES
from .regular_file import open_regular


def authority_beside(directory):
    """None where no authority is named."""
    try:
        pem = read_pem(os.path.join(directory, 'authority.pem'))
    except Fault as fault:
        if fault.code == 'file-missing':
            return None
        raise
    return Authority(PinnedAuthority(pem), directory)


class Authority:
    """Whatever was learnt stays: who was once listed is known, in that role, and nothing undoes a revocation."""

    def __init__(self, pinned, directory, open_file=open_regular):
        self.pinned, self.faults, self.open_file = pinned, Faults(), open_file
        self.id, self.issue, self.listed, self.revoked = None, 0, {}, {}     # listed: id to role and key
        self.centres = Centres(pinned)
        self.read(directory, 'registry.jws', LONGEST_REGISTRY, self.take)
        self.read(directory, 'centres.jws', LONGEST, self.centres.take)

    def read(self, directory, name, longest, take):
        try:
            with self.open_file(os.path.join(directory, name)) as file:
                for line, jws, code in lines_of(file, longest):
                    try:
                        if code:
                            raise Fault(code)
                        take(jws)
                    except Fault as fault:
                        self.faults.add(line, fault.code, file=name)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise Fault('file-unreadable', error.filename, error.strerror)

    def take(self, jws):
        try:
            signed = Signed(jws, 'revocation')
        except Fault as fault:
            if fault.code not in ('foreign-typ', 'too-large'):
                raise
            signed = Signed(jws, 'registry')
        signed.verify(self.pinned.key)
        if self.id not in (None, signed.kid):
            raise Fault('wrong-authority')
        payload = signed.read()
        if signed.kind == 'registry':
            self.take_registry(payload)
        else:
            self.revoke(payload)
        self.id = signed.kid

    def take_registry(self, registry):
        if registry['issue'] <= self.issue:
            raise Fault('registry-rollback')
        listed = {one['id']: (role, one['spki']) for role in ROLES for one in registry.get(role, ())}
        if any(self.listed.get(one, said) != said for one, said in listed.items()):
            raise Fault('id-reused')
        self.issue = registry['issue']
        self.listed.update(listed)
        for revocation in registry['revocations']:
            self.revoke(revocation)

    def revoke(self, revocation):
        before = self.revoked.get(revocation['device'])
        if before is None or revocation['last'] < before['last']:
            self.revoked[revocation['device']] = revocation

    def role(self, one):
        """None for one that is not listed."""
        return self.listed[one][0] if one in self.listed else None

    def key(self, one, role='devices'):
        return key_of_spki(decode_base64url(self.listed[one][1])) if self.role(one) == role else None

    def lists(self, one, role, key):
        return self.listed.get(one) == (role, key.spki_url)


class Centres:
    """Whose receipts count, as the newest list says."""

    def __init__(self, pinned):
        self.pinned, self.kid, self.id, self.issue = pinned, None, None, 0
        self.listed, self.revoked, self.known = {}, set(), {}

    def take(self, jws):
        signed = Signed(jws, 'centres')
        signed.verify(self.pinned.key)
        if self.kid not in (None, signed.kid):
            raise Fault('wrong-authority')
        payload = signed.read()
        issue = payload['issue']
        if issue == self.issue and signed.id != self.id:
            raise Fault('centres-equivocation')
        if issue == self.issue:
            return
        if issue < self.issue:
            raise Fault('centres-rollback')
        listed = {centre['id']: centre['spki'] for centre in payload['centres']}
        if any(self.known.get(centre, spki) != spki for centre, spki in listed.items()):
            raise Fault('id-reused')
        self.kid, self.id, self.issue, self.listed = signed.kid, signed.id, issue, listed
        self.revoked = {centre['id'] for centre in payload['revoked']}
        self.known.update(listed)

    def key(self, centre):
        if centre not in self.listed:
            raise Fault('wrong-centre')
        return key_of_spki(decode_base64url(self.listed[centre]))


def is_revoked(authority, device, seq):
    """Whether this comes after the last good entry of a revoked device."""
    revocation = authority.revoked.get(device) if authority else None
    return revocation is not None and seq > revocation['last']


def revocation_report(authority, device):
    revocation = authority.revoked.get(device) if authority else None
    return revocation and {name: revocation[name] for name in ('last', 'reason', 'time')}


def authority_report(authority):
    return authority and {'key': authority.pinned.key.genesis, 'issue': authority.issue,
                          'centres': authority.centres.issue}

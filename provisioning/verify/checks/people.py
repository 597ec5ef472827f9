"""
transcriptions.jws beside station.pem, or rulings.jws beside officer.pem: what one reading station or one officer
signed, each naming the one before.
"""
import os

from .authority import authority_beside, authority_report, is_revoked, revocation_report
from .chain import Links
from .faults import Fault, Faults
from .files import lines_of
from .fingerprint import rests_on
from .keys import read_pem, vouched_key
from .objects import SIGNERS, Signed
from .regular_file import open_regular

# By what the file holds: of what kind, and in what role its signer is listed.
KINDS = {'transcriptions': ('transcription', 'stations'), 'rulings': ('ruling', 'officers')}


def check_people(directory, name):
    kind, role = KINDS[name]
    signer = SIGNERS[kind]
    authority = authority_beside(directory)
    key, certified = vouched_key(
        read_pem(os.path.join(directory, signer + '.pem')), authority and authority.pinned, name)
    faults, links, quarantined = Faults(), Links(key.genesis), []
    if authority:
        faults.include(authority.faults)
    before, who, count = faults.count, None, 0
    with open_regular(os.path.join(directory, name + '.jws')) as file:
        for line, jws, code in lines_of(file):
            try:
                if code:
                    raise Fault(code)
                signed = Signed(jws, kind)
                signed.verify(key)
                payload = signed.read()
                if (who or certified or payload[signer]) != payload[signer]:
                    raise Fault('wrong-' + signer)
            except Fault as fault:
                faults.add(line, fault.code, seq=links.expected)
                links.pass_over()
                continue
            seq, who, count = payload['seq'], payload[signer], count + 1
            code = links.add(seq, signed.id, payload['prev'])
            if code:
                faults.add(line, code, seq=seq)
            if is_revoked(authority, who, seq):
                quarantined.append((line, seq))
    chain_whole = faults.count == before
    for line, seq in quarantined:
        faults.add(line, 'revoked', seq=seq)
    listed = authority is not None and authority.lists(who, role, key)
    if authority and authority.issue > 0 and who and not certified and not listed:
        faults.add(1, 'unknown-' + signer, file=signer + '.pem')
    if count == 0 and faults.count == 0:
        faults.add(1, 'nothing-to-check')
    keys = [('authority.pem', authority.pinned.key)] if authority else []
    if not certified and not listed:
        keys.append((signer + '.pem', key))
    return {'kind': name, 'whole': faults.count == 0, 'device': who, 'entries': count, 'head': links.head,
            'chainWhole': chain_whole, 'restsOn': [rests_on(file, one) for file, one in keys],
            'authority': authority_report(authority), 'revoked': revocation_report(authority, who),
            'quarantined': len(quarantined), 'faults': faults, 'faultCount': faults.count}

"""verify.py in one long process: a request a line on standard input, the verdict a line on standard output."""
import functools
import importlib.util
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(sys.argv[1]))
spec = importlib.util.spec_from_file_location('verify', sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)

# The same keys come again in each directory; what is computed of a point once is the same each time.
for curve in 'p256', 'ed25519':
    module = sys.modules['checks.' + curve]
    module.multiples = functools.lru_cache(maxsize=256)(module.multiples)

KEYS = {}


def key(pem):
    if pem not in KEYS:
        KEYS[pem] = verify.key_of(pem.encode('latin-1'))
    return KEYS[pem]


def code_of(text, kind, by, pem, device):
    try:
        verify.open_object(text, kind, by, key(pem), device)
    except verify.Fault as fault:
        return fault.code
    return None


def report_of(directory, rehearsal=False):
    return verify.check(directory, verify.kind_in(directory), True, rehearsal)


def proof_report_of(proof, keys, rehearsal=False):
    return verify.check_proof_file(proof, keys, rehearsal)


def figures_of(directory):
    election = os.path.join(directory, 'election.json')
    try:
        return verify.tally(directory, None, election if os.path.exists(election) else None)[1]
    except verify.Fault as fault:
        return fault.code


for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = (report_of(**asked) if 'directory' in asked
                  else proof_report_of(**asked) if 'proof' in asked
                  else figures_of(asked['tally']) if 'tally' in asked else code_of(**asked))
    except Exception as error:          # what no verifier may do, told as a verdict that no other gives
        answer = 'threw %r' % error
    print(json.dumps(answer), flush=True)

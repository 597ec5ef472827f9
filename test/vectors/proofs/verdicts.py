"""What provisioning/verify/verify.py says of the proofs in numbered folders, as JSON: one report each."""
import functools
import importlib.util
import json
import os
import sys

sys.path.insert(0, os.path.dirname(sys.argv[1]))
spec = importlib.util.spec_from_file_location('verify', sys.argv[1])
verify = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(verify)

# The same keys come again in each; what is computed of a point once is the same each time.
for curve in 'p256', 'ed25519':
    module = sys.modules['checks.' + curve]
    module.multiples = functools.lru_cache(maxsize=256)(module.multiples)


def report(number, asked):
    folder = os.path.join(sys.argv[2], str(number))
    return verify.check_proof_file(os.path.join(folder, 'acta.tlog-proof'), os.path.join(folder, 'keys'), asked['rehearsal'])


print(json.dumps([report(number, asked) for number, asked in enumerate(json.loads(sys.argv[3]))]))

"""What provisioning/verify/verify.py says of the vectors, as JSON. The collections, then the tallies lie in numbered folders."""
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

# The same keys come again in each directory; what is computed of a point once is the same each time.
p256 = sys.modules['checks.p256']
p256.multiples = functools.lru_cache(maxsize=256)(p256.multiples)

with open(sys.argv[2], encoding='utf-8') as file:
    vectors = json.load(file)
keys = {name: verify.key_of(pem.encode()) for name, pem in vectors['keys'].items()}


def code(vector):
    try:
        verify.open_object(vector['text'], vector['kind'], vector['by'], keys[vector['by']], vector.get('device'))
    except verify.Fault as fault:
        return fault.code
    return None


def figures(number):
    directory = os.path.join(sys.argv[3], str(len(vectors['collections']) + number))
    return verify.tally(directory, None, os.path.join(directory, 'election.json'))[1]


print(json.dumps({
    'objects': [code(vector) for vector in vectors['objects']],
    'collections': [verify.check(os.path.join(sys.argv[3], str(number)), vector['kind'])
                    for number, vector in enumerate(vectors['collections'])],
    'tallies': [figures(number) for number in range(len(vectors['tallies']))],
}))

"""Answers of reading stations to the entries of a ledger: to a picture that the entry names, and no two to one entry."""


class Answers:
    """Of stations that have not disowned them."""

    def __init__(self):
        self.pictures, self.given = {}, {}      # entry to the digests of its pictures; id to line and answer

    def take_entry(self, entry_id, entry):
        self.pictures[entry_id] = pictures_of(entry)

    def take(self, line, answer_id, answer):
        self.given.setdefault(answer_id, (line, answer))

    def find_faults(self, faults):
        """As they stand in the ledger, whose lines follow one another."""
        replaced = {(answer['station'], answer['entry'], answer['replaces'])
                    for _, answer in self.given.values() if 'replaces' in answer and self.is_to_a_picture(answer)}
        first = {}                              # station and entry to what was said first
        for answer_id, (line, answer) in self.given.items():
            of = answer['station'], answer['entry']
            code = None
            if not self.is_to_a_picture(answer):
                code = 'other-image' if answer['entry'] in self.pictures else None
            elif (*of, answer_id) not in replaced:
                said = answer.get('text'), None if 'text' in answer else answer.get('code')
                code = 'answer-changed' if first.setdefault(of, said) != said else None
            if code:
                faults.add(line, code, seq=answer['seq'], device=answer['station'])

    def is_to_a_picture(self, answer):
        return answer['image'] in self.pictures.get(answer['entry'], ())


def pictures_of(entry):
    """The digests of an entry's pictures as they were taken, sealed or not."""
    return {image['sha256'] for image in entry['images']} if entry['kind'] == 'acta' else set()

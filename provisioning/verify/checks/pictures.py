"""The public pictures of an archive: there, absent, withdrawn, altered."""
from .archive_folder import LONGEST
from .faults import Fault


def path_of(sha256):
    return 'image/%s/%s' % (sha256[:2], sha256)


def check_pictures(folder, named, images, faults, is_complete=True):
    """`named`: digest to the most bytes that it has. Without `images` none is looked at. While
    a publication is not complete more may be there than leaves name."""
    count = {'public': len(named), 'absent': 0, 'withdrawn': 0}
    if not images:
        return count
    withdrawn = withdrawn_in(folder)
    for sha256 in sorted(named):
        path = path_of(sha256)
        try:
            if folder.digest(path, min(named[sha256], LONGEST)) != sha256:
                raise Fault('image-altered')
        except Fault as fault:
            if fault.code == 'file-missing':
                count['withdrawn' if sha256 in withdrawn else 'absent'] += 1
            else:
                faults.add('image-altered' if fault.code == 'too-large' else fault.code, path=path)
    if not is_complete:
        return count
    right = {path_of(sha256) for sha256 in named}
    for path in sorted((path for path in folder.files_below('image') if path not in right), key=str.encode):
        faults.add('image-unknown', path=path)
    return count


def withdrawn_in(folder):
    try:
        data = folder.read('disputes/withdrawn.csv')
    except Fault:
        return set()
    return {line.split(',')[0] for line in data.decode('utf-8', 'replace').split('\n')}

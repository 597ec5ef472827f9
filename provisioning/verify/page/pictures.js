/** The public pictures of an archive: there, absent, withdrawn, altered. */
import { byBytes, manyAtOnce } from './archive-files.js'
import { codeOf } from './faults.js'

const pathOfPicture = (digest) => `image/${digest.slice(0, 2)}/${digest}`

/** `named`: digest to the most bytes that it has; `areAllNamed`: no other may be there. */
export async function checkPictures(archive, { named, areAllNamed }, faults, progress) {
	const counts = { public: named.size, absent: 0, withdrawn: 0 }
	const withdrawn = await withdrawnIn(archive)
	const digests = [...named.keys()].sort()
	const codes = await manyAtOnce(
		digests,
		(digest) => archive.faultOf(pathOfPicture(digest), digest, named.get(digest)),
		progress,
	)
	for (const [at, code] of codes.entries()) {
		const digest = digests[at]
		if (code === 'file-missing') counts[withdrawn.has(digest) ? 'withdrawn' : 'absent']++
		else if (code !== null)
			faults.add(code === 'file-unreadable' ? code : 'image-altered', { path: pathOfPicture(digest) })
	}
	if (!areAllNamed) return counts
	const right = new Set(digests.map(pathOfPicture))
	const unknown = archive.paths().filter((path) => path.startsWith('image/') && !right.has(path))
	for (const path of unknown.sort(byBytes)) faults.add('image-unknown', { path })
	return counts
}

async function withdrawnIn(archive) {
	try {
		const lines = new TextDecoder('utf-8', { ignoreBOM: true })
			.decode(await archive.read('disputes/withdrawn.csv'))
			.split('\n')
		return new Set(lines.map((line) => line.split(',')[0]))
	} catch (error) {
		codeOf(error)
		return new Set()
	}
}

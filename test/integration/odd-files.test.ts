/** Strangers are handed a folder: whatever lies in a file's place, both verifiers that open files end, and agree. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { inDirectory } from '../support/in-directory.ts'
import { execute, testigoCommand } from '../support/processes.ts'
import { withoutPython } from '../support/python.ts'
import { layOut, withoutWords } from '../vectors/reference.ts'
import { vectors } from '../vectors/vectors.ts'
import { odditiesFor, replaceBy } from './differential/odd-files.ts'
import { reportOf } from './differential/verifiers.ts'

const verdictsPy = fileURLToPath(new URL('differential/verdicts.py', import.meta.url))
const verifyPy = fileURLToPath(new URL('../../provisioning/verify/verify.py', import.meta.url))

/** What nobody has to wait for to be sure that a program does not end. */
const deadlineMs = 60_000
/** Of every kind of file that is ever published, one at least. */
const published = [
	['journal: whole', ['entries.jws', 'device.pem', 'images/']],
	['journal, head: of the last entry', ['head.jws']],
	[
		'journal, given away: by a receipt of the centre',
		['given-away/c-vectors.jws', 'given-away/c-vectors.pem', 'given-away'],
	],
	['journal, authority: lists the device', ['authority.pem', 'registry.jws']],
	['journal, authority: an image evicted by the word of a listed centre', ['centres.jws']],
	['ledger: whole', ['ledger.jws', 'centre.pem', 'devices/k-vectors-a.pem', 'images/']],
	['ledger, heads: of two devices', ['heads.jws']],
	['ledger, authority: lists the device', ['authority.pem', 'registry.jws']],
	['ledger, authority: two listed centres', ['centres.jws']],
	['transcriptions: whole', ['transcriptions.jws', 'station.pem']],
	['rulings: whole', ['rulings.jws', 'officer.pem']],
] as const

/** The files of a vector in `directory`; gives the path of the one that begins with `name`. */
async function laidOut(vector: string, name: string, directory: string): Promise<string> {
	const files = vectors.collections.find((one) => one.name === vector)?.files ?? {}
	await layOut(files, directory)
	const path = name.endsWith('/') ? Object.keys(files).find((one) => one.startsWith(name)) : name
	if (path === undefined) throw new Error(`no ${name} in ${vector}`)
	return join(directory, path)
}

/** Directories that differ by what lies in the place of one file; the name says which. */
async function layOutOdd(folder: string): Promise<ReadonlyMap<string, string>> {
	const laid = new Map<string, string>()
	for (const [vector, names] of published) {
		for (const name of names) {
			for (const [oddity, put] of Object.entries(odditiesFor(name))) {
				const directory = join(folder, String(laid.size))
				const path = await laidOut(vector, name, directory)
				await replaceBy(put, path)
				laid.set(`${vector}: ${name}: ${oddity}`, directory)
			}
		}
	}
	return laid
}

/** One process; ended where it does not end by itself, with no answer to what it hung on. */
async function ofPython(directories: Iterable<string>): Promise<unknown[]> {
	const asking = promisify(execFile)('python3', [verdictsPy, verifyPy], { timeout: deadlineMs })
	asking.child.stdin
		?.on('error', () => {})
		.end([...directories].map((directory) => `${JSON.stringify({ directory })}\n`).join(''))
	const { stdout } = await asking.catch((error: { stdout: string }) => error)
	return stdout
		.split('\n')
		.slice(0, -1)
		.map((line) => withoutWords(JSON.parse(line)))
}

const slow = { timeout: 2 * deadlineMs }

describe.skipIf(withoutPython)(
	`in the place of a file of a journal or of a ledger ${withoutPython ?? ''}`,
	() => {
		test('verify.py ends, and says what testigo says', slow, () =>
			inDirectory(async (folder) => {
				const laid = await layOutOdd(folder)
				const answers = await ofPython(laid.values())
				const theirs: Record<string, unknown> = {}
				const ours: Record<string, unknown> = {}
				for (const [index, [name, directory]] of [...laid].entries()) {
					theirs[name] = answers[index] ?? 'no answer'
					ours[name] = await reportOf(directory)
				}
				expect(theirs).toEqual(ours)
				const links = Object.entries(ours).filter(([name]) => name.endsWith('a link to the file'))
				for (const [, report] of links) expect(report).toMatchObject({ whole: true })
			}),
		)

		test.each([
			['journal: whole', 'entries.jws', 'a pipe', 3],
			['journal: whole', 'device.pem', 'a link to /dev/zero', 3],
			['journal: whole', 'images/', 'a pipe', 1],
			['ledger: whole', 'ledger.jws', 'a directory', 1],
			['ledger, heads: of two devices', 'heads.jws', 'a pipe', 3],
			['ledger, authority: two listed centres', 'centres.jws', 'a link to /dev/zero', 3],
		] as const)('both commands, %s, %s is %s: status %i', slow, (vector, name, oddity, status) =>
			inDirectory(async (directory) => {
				const path = await laidOut(vector, name, directory)
				const put = odditiesFor(name)[oddity]
				if (put === undefined) throw new Error(oddity)
				await replaceBy(put, path)
				const [theirs, ours] = await Promise.all([
					commandEnds('python3', verifyPy, directory),
					commandEnds(...testigoCommand('verify', directory)),
				])
				expect([theirs.status, ours.status]).toEqual([status, status])
				if (status !== 3) return
				for (const { out } of [theirs, ours]) expect(out).toMatch(`${path}: `)
				expect(theirs.out).not.toContain('FOUND WRONG')
			}),
		)
	},
)

function commandEnds(program = '', ...words: string[]) {
	return execute(program, words, { timeout: deadlineMs }).then(
		({ stdout }) => ({ status: 0, out: stdout }),
		({ code, stdout }: { code: unknown; stdout: string }) => ({ status: code, out: stdout }),
	)
}

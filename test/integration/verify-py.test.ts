/** The command verify.py in the hands of a person: exit status, JSON, words. */
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ed25519Cases } from '../support/ed25519-cases.ts'
import { inDirectory } from '../support/in-directory.ts'
import { execute, testigo } from '../support/processes.ts'
import { withoutPython } from '../support/python.ts'
import { filesOfRow, readVectors } from '../vectors/archives/archives.ts'
import { layOut, withoutWords } from '../vectors/reference.ts'
import { vectors } from '../vectors/vectors.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../provisioning/verify/verify.py', import.meta.url))
const slow = { timeout: 300_000 }
const why = withoutPython === null ? '' : ` (${withoutPython})`

async function verifyPy(...words: string[]) {
	return run('python3', [program, ...words]).then(
		({ stdout, stderr }) => ({ status: 0, out: stdout, err: stderr }),
		(error: { code: unknown; stdout: string; stderr: string }) => {
			return { status: error.code, out: error.stdout, err: error.stderr }
		},
	)
}

function hex(bytes: Buffer): string {
	return bytes.toString('hex')
}

/** The archive, or proof, of this name lies in `directory`; gives the report that stands there. */
async function layOutRow(of: 'archives' | 'proofs', name: string, directory: string): Promise<unknown> {
	const file = await readVectors(of)
	const row = file.rows.find((one) => one.name === name)
	if (row === undefined) throw new Error(`no ${name} among ${of}`)
	await layOut(filesOfRow(file, row), directory)
	return row.report
}

describe.skipIf(withoutPython)(`verify.py and archives${why}`, () => {
	test.each([
		['two publications, witnessed; one entry is withheld, one picture never came', 0],
		['a figure changed by the log', 1],
		['no authority', 1],
		['a rehearsal that was not asked for', 1],
	])('%s: exit %i and the report that stands there', slow, (name, status) =>
		inDirectory(async (archive) => {
			const report = await layOutRow('archives', name, archive)
			const said = await verifyPy('--json', archive)
			expect(said.status).toBe(status)
			expect(withoutWords(JSON.parse(said.out))).toEqual(report)
		}),
	)

	test('a rehearsal that is asked for is whole, and said to be one', slow, () =>
		inDirectory(async (archive) => {
			await layOutRow('archives', 'a rehearsal that was not asked for', archive)
			const said = await verifyPy('--rehearsal', archive)
			expect(said.status).toBe(0)
			expect(said.out).toMatch(/^WHOLE\nREHEARSAL: nothing here is of an election\.\n/)
		}),
	)

	test('a fault is said with its file', slow, () =>
		inDirectory(async (archive) => {
			await layOutRow('archives', 'a figure changed by the log', archive)
			const { out } = await verifyPy(archive)
			expect(out).toMatch(/^FOUND WRONG\n[\s\S]*\nFAULT in data\/figures.json: figures-differ: /)
		}),
	)

	test("a pipe in a file's place is named, and not waited for", slow, () =>
		inDirectory(async (archive) => {
			await layOutRow('archives', 'one publication', archive)
			await execute('rm', [join(archive, 'site')])
			await execute('mkfifo', [join(archive, 'site')])
			const { status, out } = await verifyPy(archive)
			expect(status).toBe(1)
			expect(out).toContain('FAULT in site: file-unreadable: ')
		}),
	)

	test('a file of keys/ that is larger than any: neither it nor testigo reads any of it', slow, () =>
		inDirectory(async (archive) => {
			await layOutRow('archives', 'one publication', archive)
			await execute('truncate', ['-s', '257M', join(archive, 'keys', 'registry.jws')])
			for (const said of [await verifyPy('--json', archive), await testigo('verify', '--json', archive)]) {
				expect(said.status).toBe(3)
				const unreadable = { kind: 'archive', whole: false, fault: { code: 'unreadable' } }
				expect(withoutWords(JSON.parse(said.out))).toEqual(unreadable)
			}
		}),
	)
})

describe.skipIf(withoutPython)(`verify.py and the proof of an acta${why}`, () => {
	test('proved: by an archive or its keys/, in the words of testigo to the letter', slow, () =>
		inDirectory(async (directory) => {
			await layOutRow('proofs', 'an acta, its place and its names', directory)
			const proof = join(directory, 'acta.tlog-proof')
			for (const keys of [directory, join(directory, 'keys')]) {
				const python = await verifyPy(proof, '--keys', keys)
				const ours = await testigo('verify', proof, '--keys', keys)
				expect([python.status, ours.status]).toEqual([0, 0])
				expect(python.out).toBe(ours.out)
				const place = 'Centre 101, table 02: Norte, Río, Monte, Alto, Escuela Ñ; 400 electors.\n'
				expect(python.out).toContain(place)
			}
			const { status, err } = await verifyPy(proof)
			expect(status).toBe(2)
			expect(err).toContain('--keys')
		}),
	)

	test('not proved', slow, () =>
		inDirectory(async (directory) => {
			await layOutRow('proofs', 'a stale registry', directory)
			const { status, out } = await verifyPy(join(directory, 'acta.tlog-proof'), '--keys', directory)
			expect(status).toBe(1)
			expect(out).toMatch(/^NOT PROVED\n/)
		}),
	)
})

test.skipIf(withoutPython)(`verify.py: its own Ed25519 says what Node says${why}`, slow, async () => {
	const cases = ed25519Cases()
	const expected = cases.map(({ isGood }) => isGood)
	expect(expected.filter(Boolean)).toHaveLength(3)
	const asked = cases.map(({ key, message, signature }) => [key, message, signature].map(hex))
	const script = [
		'import json, sys',
		'sys.dont_write_bytecode = True',
		'sys.path.insert(0, sys.argv[1])',
		'from checks.ed25519 import PublicKey',
		'asked = [[bytes.fromhex(one) for one in case] for case in json.loads(sys.argv[2])]',
		'print(json.dumps([PublicKey(key).verifies(message, signature) for key, message, signature in asked]))',
	]
	const words = ['-c', script.join('\n'), dirname(program), JSON.stringify(asked)]
	expect(JSON.parse((await run('python3', words)).stdout)).toEqual(expected)
})

describe.skipIf(withoutPython)(`verify.py and journals and ledgers${why}`, () => {
	test.each([
		['journal: whole', 0],
		['journal: payload altered', 1],
		['journal: no key', 1],
		['ledger: equivocation', 1],
		['journal: empty', 1],
		['ledger, authority: two entries 4 of a revoked device', 1],
	] as const)('%s: exit %i and the JSON of testigo verify', slow, (name, status) =>
		inDirectory(async (directory) => {
			const vector = vectors.collections.find((one) => one.name === name)
			if (vector === undefined) throw new Error(`no vector ${name}`)
			await layOut(vector.files, directory)
			const python = await verifyPy('--json', directory)
			const reference = await testigo('verify', '--json', directory)
			expect([python.status, reference.status]).toEqual([status, status])
			const [theirs, ours] = [python, reference].map(({ out }) => withoutWords(JSON.parse(out)))
			expect(theirs).toEqual(ours)
			const { out } = await verifyPy(directory)
			const verdict =
				status === 0 ? /^WHOLE\n/ : name.endsWith('empty') ? /^NOTHING TO CHECK\n/ : /^FOUND WRONG\n/
			expect(out).toMatch(verdict)
			// The lines that people compare and count by are the same, to the letter.
			const ofTestigo = (await testigo('verify', directory)).out
			const compared = /^(Rests on| {2}[0-9a-f]{4} | {2}es: | {2}en: |IN QUARANTINE).*$/gm
			expect(out.match(compared)).toEqual(ofTestigo.match(compared))
			if (name.includes('revoked')) expect(out).toContain('\nIN QUARANTINE: 2 entries (k-vectors-a 2).\n')
			expect(out).toMatch(/Signatures prove custody .*never that the paper is genuine\.\n$/)
		}),
	)

	const one = vectors.tallies.find(({ name }) => name === 'tally: a ruling by two, for its table alone')

	test('the figures, by the register and the definition that are named', slow, () =>
		inDirectory(async (directory) => {
			await layOut(one?.files ?? {}, directory)
			const [election, register] = [join(directory, 'election.json'), join(directory, 'other.csv')]
			const counted = await verifyPy(directory, '--tally', '--election', election)
			expect(counted.status).toBe(0)
			expect(JSON.parse(counted.out)).toMatchObject({ figures: one?.figures, whole: true })
			// The same object to the letter, its keys in one order.
			const ofTestigo = await testigo('tally', directory, '--json', '--election', election)
			const figuresIn = ({ out }: { out: string }) => JSON.stringify(JSON.parse(out).figures)
			expect(figuresIn(counted)).toBe(figuresIn(ofTestigo))
			await layOut({ 'other.csv': 'centro;mesa\r\n' }, directory)
			const refused = await verifyPy(directory, '--tally', '--election', election, '--register', register)
			expect(refused).toMatchObject({ status: 2, err: expect.stringContaining('testigo register check') })
			await execute('mkfifo', [join(directory, 'pipe')])
			const waiting = await verifyPy(directory, '--tally', '--register', join(directory, 'pipe'))
			expect(waiting).toMatchObject({ status: 3, err: expect.stringContaining('it is a pipe') })
		}),
	)
})

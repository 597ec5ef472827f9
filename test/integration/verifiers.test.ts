/** One verdict and one code from three programs that share no code: testigo, verify.py, verify.html. */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ChromiumPage, withoutChromium } from '../support/chromium.ts'
import { dropped, inOtherLanguage, shownBy } from '../support/dropped.ts'
import { inDirectory } from '../support/in-directory.ts'
import { execute, testigo } from '../support/processes.ts'
import { withoutPython } from '../support/python.ts'
import { until } from '../support/until.ts'
import { layOutArchives } from '../vectors/archives/archives.ts'
import type { CollectionVector } from '../vectors/collections.ts'
import { layOut, referenceCode, referenceReport, withoutWords } from '../vectors/reference.ts'
import { vectors } from '../vectors/vectors.ts'

const run = promisify(execFile)
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const program = at('../../provisioning/verify/verify.py')
const page = new URL('../../provisioning/verify/verify.html', import.meta.url).href
const { objects, collections, tallies, keys } = vectors

const Verdicts = z.object({
	objects: z.array(z.string().nullable()),
	collections: z.array(z.unknown()),
	tallies: z.array(z.unknown()),
})
type Verdicts = z.infer<typeof Verdicts>

const ArchivesFile = z.object({
	archives: z.record(z.string(), z.record(z.string(), z.string())),
	rows: z.array(
		z.object({
			name: z.string(),
			of: z.string(),
			changes: z.record(z.string(), z.string().nullable()),
			asked: z.object({ rehearsal: z.boolean() }),
			report: z.unknown(),
		}),
	),
})

async function layOutAll(directory: string): Promise<void> {
	for (const [number, { files }] of [...collections, ...tallies].entries())
		await layOut(files, join(directory, String(number)))
}

async function ofTestigo(directory: string): Promise<Verdicts> {
	const reports: unknown[] = []
	for (const [number, { kind }] of collections.entries()) {
		reports.push(await referenceReport(kind, join(directory, String(number))))
	}
	return {
		objects: objects.map((vector) => referenceCode(vector, keys)),
		collections: reports,
		tallies: tallies.map(({ figures }) => figures),
	}
}

async function ofPython(directory: string): Promise<Verdicts> {
	const { stdout } = await run(
		'python3',
		[at('../vectors/verdicts.py'), program, at('../vectors/vectors.json'), directory],
		{
			maxBuffer: 1 << 26,
		},
	)
	return Verdicts.parse(JSON.parse(stdout))
}

async function ofPage(chromium: ChromiumPage): Promise<Verdicts> {
	return Verdicts.parse(
		await chromium.evaluate(`(async () => {
			const { objects, collections, tallies, keys } = ${JSON.stringify(vectors)}
			const codes = []
			for (const { text, kind, by, device } of objects) {
				codes.push(await testigo.openObject(text, kind, by, keys[by], device).then(() => null, (error) => {
					if (typeof error.code !== 'string') throw error
					return error.code
				}))
			}
			const bytes = (text) => new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))])
			const laidOut = ({ files }) => new Map(Object.entries(files).map(([path, text]) => [path, bytes(text)]))
			const reports = []
			for (const one of collections) reports.push(await testigo.check(laidOut(one)))
			const figures = []
			for (const one of tallies) figures.push((await testigo.tally(laidOut(one))).figures)
			return { objects: codes, collections: reports, tallies: figures }
		})()`),
	)
}

/** The vectors of which this verifier says another thing than testigo. */
function differences(of: Verdicts, reference: Verdicts) {
	expect(of.objects.length).toBe(objects.length)
	expect(of.collections.length).toBe(collections.length)
	expect(of.tallies.length).toBe(tallies.length)
	const all = (verdicts: Verdicts) => [
		...verdicts.objects,
		...verdicts.collections.map(withoutWords),
		...verdicts.tallies,
	]
	const theirs = all(of)
	return all(reference).flatMap((expected, number) => {
		const vector = [...objects, ...collections, ...tallies][number]
		return isDeepStrictEqual(expected, theirs[number])
			? []
			: [{ name: vector?.name, testigo: expected, other: theirs[number] }]
	})
}

async function inPage(work: (chromium: ChromiumPage) => Promise<void>): Promise<void> {
	const chromium = await ChromiumPage.open(page)
	try {
		await work(chromium)
	} finally {
		await chromium.close()
	}
}

const slow = { timeout: 300_000 }

describe(`all vectors, verify.py${withoutPython === null ? '' : ` (${withoutPython})`}`, () => {
	test.skipIf(withoutPython)('same verdict, code and report as testigo', slow, () =>
		inDirectory(async (directory) => {
			await layOutAll(directory)
			const python = await ofPython(directory)
			expect(differences(python, await ofTestigo(directory))).toEqual([])
			told('verify.py', python)
		}),
	)
})

describe(`all vectors, verify.html${withoutChromium === null ? '' : ` (${withoutChromium})`}`, () => {
	test.skipIf(withoutChromium)(
		'same verdict, code and report as testigo; nothing asked of a network',
		slow,
		() =>
			inDirectory(async (directory) => {
				await layOutAll(directory)
				await inPage(async (chromium) => {
					const html = await ofPage(chromium)
					expect(differences(html, await ofTestigo(directory))).toEqual([])
					expect(chromium.requested.filter((address) => !address.startsWith('about:'))).toEqual([page])
					told('verify.html', html)
				})
			}),
	)
})

function told(verifier: string, verdicts: Verdicts): void {
	const refused = verdicts.objects.filter((code) => code !== null).length
	const whole = verdicts.collections.filter(
		(report) => z.object({ whole: z.literal(true) }).safeParse(report).success,
	).length
	console.log(
		`${verifier}: ${objects.length} objects (${refused} refused), ${collections.length} journals, ledgers and chains (${collections.length - whole} at fault), ${tallies.length} tallies, all as testigo says`,
	)
}

function vectorOf(name: string): CollectionVector {
	const vector = collections.find((one) => one.name === name)
	if (vector === undefined) throw new Error(`no vector ${name}`)
	return vector
}

const samples = [
	['journal: whole', 0],
	['journal: payload altered', 1],
	['journal: no key', 1],
	['ledger: equivocation', 1],
	['journal: empty', 1],
	['ledger, authority: two entries 4 of a revoked device', 1],
] as const

type ArchivesFile = z.infer<typeof ArchivesFile>

const [archives, proofs] = ['archives/archives', 'proofs/proofs'].map((name) =>
	ArchivesFile.parse(JSON.parse(readFileSync(at(`../vectors/${name}.json`), 'utf8'))),
) as [ArchivesFile, ArchivesFile]

/** Those of which another verifier gives another report. */
function differing({ rows }: ArchivesFile, reports: unknown) {
	const given = z.array(z.unknown()).length(rows.length).parse(reports)
	return rows.flatMap(({ name, report }, number) => {
		const theirs = withoutWords(given[number])
		return isDeepStrictEqual(report, theirs) ? [] : [{ name, testigo: report, other: theirs }]
	})
}

describe(`all archives, verify.py${withoutPython === null ? '' : ` (${withoutPython})`}`, () => {
	test.skipIf(withoutPython)('the report that stands there, which is that of testigo', slow, () =>
		inDirectory(async (directory) => {
			await layOutArchives(archives, directory)
			const { rows } = archives
			const asked = JSON.stringify(rows.map((row) => row.asked))
			const words = [at('../vectors/archives/verdicts.py'), program, directory, asked]
			const { stdout } = await run('python3', words, { maxBuffer: 1 << 26 })
			expect(differing(archives, JSON.parse(stdout))).toEqual([])
			console.log(`verify.py: ${rows.length} archives, all as testigo says`)
		}),
	)

	test.skipIf(withoutPython)('the command: exit status, JSON, words for people', slow, () =>
		inDirectory(async (directory) => {
			const names = [
				/^two publications/,
				/^a figure changed by the log/,
				/^no authority/,
				/^a rehearsal that was not/,
			]
			const rows = names.map((name) => archives.rows.find((row) => name.test(row.name)))
			await layOutArchives({ ...archives, rows: rows.filter((row) => row !== undefined) }, directory)
			const archive = (number: number) => join(directory, String(number))
			for (const [number, status] of [0, 1, 1, 1].entries()) {
				const python = await verifyPy('--json', archive(number))
				expect(python.status).toBe(status)
				expect(withoutWords(JSON.parse(python.out))).toEqual(rows[number]?.report)
			}
			expect(await verifyPy('--rehearsal', archive(3))).toMatchObject({
				status: 0,
				out: expect.stringMatching(/^WHOLE\nREHEARSAL: nothing here is of an election\.\n/),
			})
			expect((await verifyPy(archive(1))).out).toMatch(
				/^FOUND WRONG\n[\s\S]*\nFAULT in data\/figures.json: figures-differ: /,
			)
			// A pipe in a file's place is named, and not waited for.
			await execute('rm', [join(archive(0), 'site')])
			await execute('mkfifo', [join(archive(0), 'site')])
			expect(await verifyPy(archive(0))).toMatchObject({
				status: 1,
				out: expect.stringContaining('FAULT in site: file-unreadable: '),
			})
		}),
	)
})

describe(`all archives, verify.html${withoutChromium === null ? '' : ` (${withoutChromium})`}`, () => {
	test.skipIf(withoutChromium)('the report that stands there, which is that of testigo', slow, () =>
		inPage(async (chromium) => {
			const rows = archives.rows.map(({ of, changes, asked }) => ({ of, changes, asked }))
			const reports = await chromium.evaluate(`(async () => {
				const { archives, rows } = ${JSON.stringify({ ...archives, rows })}
				const blob = (text) => new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))])
				const reports = []
				for (const { of, changes, asked } of rows) {
					const files = Object.entries({ ...archives[of], ...changes }).filter(([, text]) => text !== null)
					const laidOut = new Map(files.map(([path, text]) => [path, blob(text)]))
					reports.push(await testigo.check(laidOut, { isRehearsal: asked.rehearsal }))
				}
				return reports
			})()`)
			expect(differing(archives, reports)).toEqual([])
			console.log(`verify.html: ${rows.length} archives, all as testigo says`)
		}),
	)
})

describe(`all proofs of actas, verify.py${withoutPython === null ? '' : ` (${withoutPython})`}`, () => {
	test.skipIf(withoutPython)('the report that stands there; the command says it in words', slow, () =>
		inDirectory(async (directory) => {
			await layOutArchives(proofs, directory)
			const { rows } = proofs
			const asked = JSON.stringify(rows.map((row) => row.asked))
			const words = [at('../vectors/proofs/verdicts.py'), program, directory, asked]
			const { stdout } = await run('python3', words, { maxBuffer: 1 << 26 })
			expect(differing(proofs, JSON.parse(stdout))).toEqual([])
			console.log(`verify.py: ${rows.length} proofs, all as testigo says`)

			const proof = join(directory, '0', 'acta.tlog-proof')
			for (const keys of [join(directory, '0'), join(directory, '0', 'keys')]) {
				const [python, ours] = [
					await verifyPy(proof, '--keys', keys),
					await testigo('verify', proof, '--keys', keys),
				]
				expect([python.status, ours.status]).toEqual([0, 0])
				// To the letter.
				expect(python.out).toBe(ours.out)
				expect(python.out).toContain(
					'Centre 101, table 02: Norte, Río, Monte, Alto, Escuela Ñ; 400 electors.\n',
				)
			}
			expect(await verifyPy(proof)).toMatchObject({ status: 2, err: expect.stringContaining('--keys') })
			const stale = rows.findIndex(({ name }) => name === 'a stale registry')
			const refused = await verifyPy(proof, '--keys', join(directory, String(stale)))
			expect(refused).toMatchObject({ status: 1, out: expect.stringMatching(/^NOT PROVED\n/) })
		}),
	)
})

describe(`all proofs of actas, verify.html${withoutChromium === null ? '' : ` (${withoutChromium})`}`, () => {
	test.skipIf(withoutChromium)('the report that stands there', slow, () =>
		inPage(async (chromium) => {
			const rows = proofs.rows.map(({ of, changes, asked }) => ({ of, changes, asked }))
			const reports = await chromium.evaluate(`(async () => {
				const { archives, rows } = ${JSON.stringify({ ...proofs, rows })}
				const blob = (text) => new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))])
				const reports = []
				for (const { of, changes, asked } of rows) {
					const files = Object.entries({ ...archives[of], ...changes }).filter(([, text]) => text !== null)
					const laidOut = new Map(files.map(([path, text]) => [path, blob(text)]))
					const proof = laidOut.get('acta.tlog-proof')
					reports.push(await testigo.checkProofFile(proof, laidOut, { isRehearsal: asked.rehearsal }))
				}
				return reports
			})()`)
			expect(differing(proofs, reports)).toEqual([])
			console.log(`verify.html: ${rows.length} proofs, all as testigo says`)
		}),
	)
})

describe('a file of keys/ that is larger than any', () => {
	const whole = { ...archives, rows: archives.rows.filter(({ name }) => name === 'one publication') }
	const unreadable = { kind: 'archive', whole: false, fault: { code: 'unreadable' } }

	test.skipIf(withoutPython)('verify.py and testigo read none of it', slow, () =>
		inDirectory(async (directory) => {
			await layOutArchives(whole, directory)
			const archive = join(directory, '0')
			await execute('truncate', ['-s', '257M', join(archive, 'keys', 'registry.jws')])
			for (const said of [await verifyPy('--json', archive), await testigo('verify', '--json', archive)]) {
				expect(said.status).toBe(3)
				expect(withoutWords(JSON.parse(said.out))).toEqual(unreadable)
			}
		}),
	)

	test.skipIf(withoutChromium)('nor does verify.html', slow, () =>
		inPage(async (chromium) => {
			const said = await chromium.evaluate(`(async () => {
				const files = Object.entries(${JSON.stringify(whole.archives['first'])})
				const blob = (text) => new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))])
				const large = new Blob(Array(257).fill(new Blob([new Uint8Array(1 << 20)])))
				const laidOut = new Map([...files.map(([path, text]) => [path, blob(text)]), ['keys/registry.jws', large]])
				return testigo.check(laidOut, { isRehearsal: false })
			})()`)
			expect(withoutWords(said)).toEqual(unreadable)
		}),
	)
})

describe(`the command line of verify.py${withoutPython === null ? '' : ` (${withoutPython})`}`, () => {
	test.skipIf(withoutPython).each(samples)(
		'%s: exit %i and the JSON of testigo verify',
		slow,
		(name, status) =>
			inDirectory(async (directory) => {
				await layOut(vectorOf(name).files, directory)
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
})

describe(`verify.py counts${withoutPython === null ? '' : ` (${withoutPython})`}`, () => {
	const one = tallies.find(({ name }) => name === 'tally: a ruling by two, for its table alone')

	test.skipIf(withoutPython)('the figures, by the register and the definition that are named', slow, () =>
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

async function verifyPy(...words: string[]) {
	return run('python3', [program, ...words]).then(
		({ stdout, stderr }) => ({ status: 0, out: stdout, err: stderr }),
		(error: { code: unknown; stdout: string; stderr: string }) => {
			return { status: error.code, out: error.stdout, err: error.stderr }
		},
	)
}

describe(`verify.html in the hands of a person${withoutChromium === null ? '' : ` (${withoutChromium})`}`, () => {
	test.skipIf(withoutChromium)(
		'a folder dropped on it: verdict, faults, custody, in both languages',
		slow,
		() =>
			inDirectory(async (directory) => {
				await layOut(vectorOf('journal: payload altered').files, join(directory, 'diario'))
				await inPage(async (chromium) => {
					const first = await dropped(chromium, join(directory, 'diario'))
					const both = `${first}\n${await inOtherLanguage(chromium)}`
					for (const text of [
						'HAY FALLAS',
						'línea 2, registro 2: bad-signature: no lo firmó quien debía, o fue alterado',
						'nunca que el papel sea auténtico',
						'FOUND WRONG',
						'line 2, entry 2: bad-signature: not signed by the one who should have, or altered',
						'never that the paper is genuine',
					]) {
						expect(both).toContain(text)
					}
				})
			}),
	)

	test.skipIf(withoutChromium)("a centre's folder: what it adds up to, and a link that saves it", slow, () =>
		inDirectory(async (directory) => {
			const counted = tallies.find(({ name }) => name === 'tally: two readings that differ')
			await layOut(counted?.files ?? {}, join(directory, 'central'))
			await inPage(async (chromium) => {
				const text = await dropped(chromium, join(directory, 'central'))
				expect(text).toMatch(/A: 1 \((entre|from) 3 (y|to) 6;/)
				expect(text).toMatch(/(en conflicto|in conflict): 1 (mesas, 1 electores|tables, 1 electors)/)
				await chromium.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: directory })
				await chromium.evaluate(`document.querySelector('#figures a').click()`)
				const saved = join(directory, 'figures.json')
				const isWhole = () => existsSync(saved) && readFileSync(saved, 'utf8').endsWith('}')
				await until(isWhole)
				expect(JSON.parse(readFileSync(saved, 'utf8'))).toMatchObject({ figures: counted?.figures })
			})
		}),
	)

	test.skipIf(withoutChromium)('a folder chosen: whole', slow, () =>
		inDirectory(async (directory) => {
			await layOut(vectorOf('journal: whole').files, join(directory, 'diario'))
			await inPage(async (chromium) => {
				const { root } = z
					.object({ root: z.object({ nodeId: z.number() }) })
					.parse(await chromium.send('DOM.getDocument'))
				const { nodeId } = await chromium.send('DOM.querySelector', {
					nodeId: root.nodeId,
					selector: '#folder',
				})
				await chromium.send('DOM.setFileInputFiles', { nodeId, files: [join(directory, 'diario')] })
				expect(await shownBy(chromium)).toMatch(/ÍNTEGRO|WHOLE/)
			})
		}),
	)
})

import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { auditJournal, auditJournalFile } from '#src/audit/journal-audit.js'
import { auditEntries } from '#src/audit/journal-lines.js'
import { longestJws } from '#src/evidence/jws.js'
import { forge, headerOf, testKey } from '../evidence/forge.ts'
import { inDirectory } from '../support/in-directory.ts'
import {
	fileOf,
	genesisOf,
	idOf,
	pemOf,
	sampleEntry,
	sampleJournal,
	writeJournal,
} from '../support/sample-journal.ts'

const device = testKey('k-aaaaaaaaaa')
const journal = sampleJournal(device)
const { entries } = journal

async function* inParts(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
	for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

function audit(bytes: Uint8Array, partSize?: number) {
	return auditEntries(inParts(bytes, partSize), device.publicKey, null)
}

/** The faults as `line/seq code`. */
async function faultsOf(bytes: Uint8Array): Promise<string[]> {
	const { faults } = await audit(bytes)
	return faults.map(({ line, seq, code }) => `${line}/${seq} ${code}`)
}

/** The sample's lines with one replaced. */
function withLine(number: number, text: string): Buffer {
	return fileOf(entries.map((entry, index) => (index + 1 === number ? text : entry)))
}

describe('a healthy journal', () => {
	const whole = {
		device: device.id,
		entries: 5,
		byKind: { boot: 1, acta: 3, close: 1 },
		actas: 3,
		head: { seq: 5, id: idOf(entries[4] ?? '') },
		chainWhole: true,
		authority: null,
		revoked: null,
		quarantined: 0,
		closed: null,
		images: null,
		faults: [],
		faultCount: 0,
	}

	test('is whole, in whatever parts its bytes come', async () => {
		for (const size of [undefined, 1, 7, 1000]) expect(await audit(journal.bytes, size)).toEqual(whole)
	})

	test('with its images, from its directory', () =>
		inDirectory(async (directory) => {
			await writeJournal(directory, journal)
			const images = { named: 3, present: 3, givenAway: [], missing: 0, altered: 0 }
			expect(await auditJournal(directory)).toEqual({ ok: true, value: { ...whole, images } })
			expect(await auditJournal(directory, { images: false })).toEqual({ ok: true, value: whole })
		}))

	test('as a lone file with its key', () =>
		inDirectory(async (directory) => {
			const [file, key] = [join(directory, 'copy.jws'), join(directory, 'key.pem')]
			await writeFile(file, journal.bytes)
			await writeFile(key, pemOf(device))
			expect(await auditJournalFile(file, key, null)).toEqual({ ok: true, value: whole })
		}))

	test('that is empty has no head and no device', async () => {
		expect(await audit(Buffer.alloc(0))).toMatchObject({
			device: null,
			entries: 0,
			head: null,
			faultCount: 0,
		})
	})
})

describe('one byte changed', () => {
	/** For each byte its line, counted from 1; a line feed belongs to the line it ends. */
	const lineOfByte = [...journal.bytes].map(
		(_, at) => journal.bytes.subarray(0, at).filter((byte) => byte === 10).length + 1,
	)

	test.each<[string, (byte: number) => number]>([
		['its lowest bit', (byte) => byte ^ 0x01],
		['its case, or letter for mark', (byte) => byte ^ 0x20],
		['to a line feed', () => 0x0a],
	])('every byte, one at a time: %s', async (_, change) => {
		for (let at = 0; at < journal.bytes.length; at++) {
			const bytes = Buffer.from(journal.bytes)
			bytes[at] = change(bytes[at] ?? 0)
			if (bytes.equals(journal.bytes)) continue
			const { faults, chainWhole } = await audit(bytes)
			const line = lineOfByte[at]
			expect(chainWhole, `byte ${at}`).toBe(false)
			expect(faults[0], `byte ${at}`).toMatchObject({ line, seq: line })
		}
	})

	test('every byte taken out, one at a time', async () => {
		for (let at = 0; at < journal.bytes.length; at++) {
			const bytes = Buffer.concat([journal.bytes.subarray(0, at), journal.bytes.subarray(at + 1)])
			const { faults } = await audit(bytes)
			expect(faults[0], `byte ${at}`).toMatchObject({ line: lineOfByte[at], seq: lineOfByte[at] })
		}
	})
})

describe('lines', () => {
	const [first = '', second = ''] = entries

	test('torn-tail: cut off at any byte', async () => {
		const start = journal.bytes.lastIndexOf(10, journal.bytes.length - 2) + 1
		expect(await audit(journal.bytes.subarray(0, start))).toMatchObject({ entries: 4, faultCount: 0 })
		for (let end = start + 1; end < journal.bytes.length; end++) {
			expect(await faultsOf(journal.bytes.subarray(0, end))).toEqual(['5/5 torn-tail'])
		}
	})

	test('nul-byte: in a line, and as a tail of nothing else', async () => {
		expect(await faultsOf(withLine(2, `${second.slice(0, 5)}\0${second.slice(6)}`))).toEqual(['2/2 nul-byte'])
		expect(await faultsOf(Buffer.concat([journal.bytes, Buffer.alloc(4096)]))).toEqual(['6/6 nul-byte'])
	})

	test('empty-line', async () => {
		expect(await faultsOf(withLine(2, ''))).toEqual(['2/2 empty-line'])
		expect(await faultsOf(Buffer.concat([journal.bytes, Buffer.from('\n')]))).toEqual(['6/6 empty-line'])
	})

	test('crlf', async () => {
		expect(await faultsOf(withLine(1, `${first}\r`))).toEqual(['1/1 crlf'])
	})

	test('line-too-long, held in memory only as far as needed', async () => {
		expect(await faultsOf(withLine(2, 'x'.repeat(longestJws + 1)))).toEqual(['2/2 line-too-long'])
		async function* endless() {
			yield journal.bytes
			const part = Buffer.alloc(1 << 20, 'x')
			for (let count = 0; count < 512; count++) yield part
		}
		const before = process.memoryUsage().rss
		const { faults } = await auditEntries(endless(), device.publicKey, null)
		expect(faults).toMatchObject([{ line: 6, code: 'line-too-long' }])
		expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024)
	})

	test('what is not ASCII', async () => {
		expect(await faultsOf(withLine(3, `${second}é`))).toEqual(['3/3 bad-base64url'])
	})
})

describe('chain', () => {
	const [first = '', second = '', third = '', fourth = '', fifth = ''] = entries

	test('a line taken out', async () => {
		expect(await faultsOf(fileOf([first, second, fourth, fifth]))).toEqual(['3/4 seq-gap'])
		expect(await faultsOf(fileOf([second, third]))).toEqual(['1/2 seq-gap'])
	})

	test('a line twice', async () => {
		expect(await faultsOf(fileOf([first, second, second, third]))).toEqual(['3/2 seq-repeated'])
	})

	test("two lines in each other's place", async () => {
		expect(await faultsOf(fileOf([first, third, second, fourth, fifth]))).toEqual([
			'2/3 seq-gap',
			'3/2 seq-repeated',
			'4/4 seq-gap',
		])
	})

	test('bad-prev: an entry by the same key that does not follow; the first must follow from the key', async () => {
		const stray = sampleEntry(device, 3, idOf(first), 'clock')
		expect(await faultsOf(fileOf([first, second, stray]))).toEqual(['3/3 bad-prev'])
		const other = sampleEntry(device, 1, genesisOf(testKey('k-zzzzzzzzzz')), 'boot')
		expect(await faultsOf(fileOf([other]))).toEqual(['1/1 bad-prev'])
	})

	test("behind a line that can't be read the chain goes on, so that the next fault is found too", async () => {
		const bytes = fileOf([first, 'x', third, 'y', fifth])
		expect(await faultsOf(bytes)).toEqual(['2/2 not-a-jws', '4/4 not-a-jws'])
		expect(await audit(bytes)).toMatchObject({ entries: 3, head: { seq: 5 } })
		expect(await faultsOf(fileOf([first, 'x', fourth]))).toEqual(['2/2 not-a-jws', '3/4 seq-gap'])
	})

	test("another device's journal", async () => {
		const other = sampleJournal(testKey('k-zzzzzzzzzz'))
		expect(await faultsOf(fileOf([first, ...other.entries.slice(1, 2)]))).toEqual(['2/2 bad-signature'])
		const report = await audit(other.bytes)
		expect(report).toMatchObject({ device: null, entries: 0, faultCount: 5 })
	})

	test('wrong-device: our key under another name', async () => {
		const renamed = { ...device, id: 'k-zzzzzzzzzz' }
		const stray = sampleEntry(renamed, 2, idOf(first), 'clock')
		expect(await faultsOf(fileOf([first, stray]))).toEqual(['2/2 wrong-device'])
	})

	test('unknown-version, foreign-typ', async () => {
		const later = sampleEntry(device, 2, idOf(first), 'clock', { v: 2 })
		expect(await faultsOf(fileOf([first, later]))).toEqual(['2/2 unknown-version'])
		const head = forge(device, headerOf('head', device.id), {})
		expect(await faultsOf(fileOf([first, head]))).toEqual(['2/2 foreign-typ'])
	})

	test('of many faults the first hundred are kept and all are counted', async () => {
		const report = await audit(Buffer.from('x\n'.repeat(1234)))
		expect(report.faults).toHaveLength(100)
		expect(report.faultCount).toBe(1234)
	})
})

describe('images', () => {
	const imageFaults = (harm: (path: string) => Promise<unknown>) =>
		inDirectory(async (directory) => {
			await writeJournal(directory, journal)
			const sha256 = journal.images[1]?.sha256 ?? ''
			await harm(join(directory, 'images', sha256.slice(0, 2), sha256))
			const report = await auditJournal(directory)
			if (!report.ok) throw new Error(report.fault.detail)
			// The chain itself has nothing wrong.
			expect(report.value.chainWhole).toBe(true)
			return report.value
		})

	test('image-missing', async () => {
		const { faults, images } = await imageFaults((path) => rm(path))
		expect(images).toEqual({ named: 3, present: 2, givenAway: [], missing: 1, altered: 0 })
		expect(faults).toMatchObject([{ line: 3, seq: 3, code: 'image-missing' }])
	})

	test('image-altered: one bit, or the end cut off', async () => {
		const flipped = await imageFaults(async (path) => {
			const bytes = await readFile(path)
			bytes[3] = (bytes[3] ?? 0) ^ 1
			await writeFile(path, bytes)
		})
		const cut = await imageFaults((path) => truncate(path, 5))
		for (const { faults, images } of [flipped, cut]) {
			expect(images).toEqual({ named: 3, present: 2, givenAway: [], missing: 0, altered: 1 })
			expect(faults).toMatchObject([{ line: 3, seq: 3, code: 'image-altered' }])
		}
	})

	test('image-altered: the right bytes, of which the entry says another size', () =>
		inDirectory(async (directory) => {
			const [image] = journal.images
			const entry = sampleEntry(device, 1, genesisOf(device), 'acta', {
				reading: { method: 'none', text: null, code: null },
				images: [{ role: 'full', mediaType: 'image/png', size: 7, sha256: image?.sha256 }],
			})
			await writeJournal(directory, { ...journal, entries: [entry], bytes: fileOf([entry]) })
			expect(await auditJournal(directory)).toMatchObject({
				value: { images: { altered: 1 }, faultCount: 1 },
			})
		}))

	test('of a sealed image the sealed bytes are what lies on the disk', () =>
		inDirectory(async (directory) => {
			const [plain, sealed] = journal.images
			const entry = sampleEntry(device, 1, genesisOf(device), 'acta', {
				reading: { method: 'none', text: null, code: null },
				images: [
					{
						role: 'full',
						mediaType: 'image/png',
						size: plain?.bytes.length,
						sha256: plain?.sha256,
						sealed: { format: 'age-v1', size: sealed?.bytes.length, sha256: sealed?.sha256 },
					},
				],
			})
			const images = sealed === undefined ? [] : [sealed]
			await writeJournal(directory, { key: device, entries: [entry], images, bytes: fileOf([entry]) })
			expect(await auditJournal(directory)).toMatchObject({
				value: { faultCount: 0, actas: 0, images: { named: 1, present: 1 } },
			})
		}))
})

describe('refusals', () => {
	test('no key, a bad key, a private key', () =>
		inDirectory(async (directory) => {
			await writeJournal(directory, journal)
			const pem = join(directory, 'device.pem')
			const codeOf = async () => {
				const report = await auditJournal(directory)
				return report.ok ? 'audited' : report.fault.code
			}
			await writeFile(pem, 'x'.repeat(100_000))
			expect(await codeOf()).toBe('too-large')
			await writeFile(pem, 'x')
			expect(await codeOf()).toBe('not-a-public-key')
			await writeFile(pem, device.privateKey.export({ type: 'pkcs8', format: 'pem' }))
			expect(await codeOf()).toBe('not-a-public-key')
			await rm(pem)
			expect(await codeOf()).toBe('file-missing')
		}))

	test('unreadable: no journal file', () =>
		inDirectory(async (directory) => {
			await writeFile(join(directory, 'device.pem'), pemOf(device))
			expect(await auditJournal(directory)).toMatchObject({ ok: false, fault: { code: 'unreadable' } })
		}))
})

test('others have their turn while a long journal is checked', async () => {
	const long = sampleJournal(device, 400)
	let audited = false
	let turnsTaken = 0
	const count = () => {
		if (audited) return
		turnsTaken++
		setImmediate(count)
	}
	setImmediate(count)
	// All bytes at once: nothing but the audit itself gives the turn away.
	expect(await audit(long.bytes)).toMatchObject({ entries: 402, faultCount: 0 })
	audited = true
	expect(turnsTaken).toBeGreaterThan(0)
})

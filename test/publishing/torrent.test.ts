/** The torrent of a publication: read by rules of its own, and held against the files that it is of. */
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TorrentSettings } from '#src/publishing/config.js'
import { infoHashOf } from '#src/publishing/torrent.js'
import { copyOf, filesOf, mirror, publishedCentre } from '../mirroring/mirrored.ts'
import { actaText } from '../support/journal-maker.ts'
import { gotten } from '../support/result.ts'

type Bencoded = number | Buffer | Bencoded[] | { [key: string]: Bencoded }

/** BEP 3, "bencoding". */
function decode(bytes: Buffer, from = { at: 0 }): Bencoded {
	const kind = String.fromCharCode(bytes[from.at] ?? 0)
	const until = (end: string) => {
		const text = bytes.toString('latin1', from.at, bytes.indexOf(end, from.at))
		from.at += text.length + 1
		return text
	}
	if (kind === 'i') return Number(until('e').slice(1))
	if (kind === 'l' || kind === 'd') {
		from.at++
		const values: Bencoded[] = []
		while (bytes[from.at] !== 0x65) values.push(decode(bytes, from))
		from.at++
		if (kind === 'l') return values
		const pairs = values.flatMap((value, index) =>
			index % 2 === 0 ? [[String(value), values[index + 1]]] : [],
		)
		return Object.fromEntries(pairs)
	}
	const length = Number(until(':'))
	from.at += length
	return bytes.subarray(from.at - length, from.at)
}

interface Metainfo {
	readonly info: {
		readonly name: Buffer
		readonly 'piece length': number
		readonly pieces: Buffer
		readonly files: { readonly length: number; readonly path: Buffer[] }[]
	}
	readonly [key: string]: unknown
}

const path = 'sites/latest.torrent'
const none = TorrentSettings.parse({})

function read(archive: string): { readonly bytes: Buffer; readonly metainfo: Metainfo } {
	const bytes = readFileSync(join(archive, path))
	return { bytes, metainfo: decode(bytes) as unknown as Metainfo }
}

async function centreWithTorrent() {
	const made = await publishedCentre()
	made.torrent = none
	return made
}

const notOfIt = /^(?:checkpoint|site|feed\/latest|(?:tile|checkpoints|sites|image)\/.*)$/

test('its pieces are those of all that SHA256SUMS covers, and the site note names it', async () => {
	const made = await centreWithTorrent()
	const { torrent } = await made.publish()
	const { bytes, metainfo } = read(made.archive)
	const { info } = metainfo
	const paths = info.files.map((file) => file.path.map(String).join('/'))
	expect(paths).toEqual(
		Object.keys(filesOf(made.archive))
			.filter((name) => !notOfIt.test(name))
			.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))),
	)
	expect(paths).toContain('SHA256SUMS')
	const files = paths.map((name) => readFileSync(join(made.archive, name)))
	expect(info.files.map(({ length }) => length)).toEqual(files.map(({ length }) => length))
	const whole = Buffer.concat(files)
	const pieces: Buffer[] = []
	for (let at = 0; at < whole.length; at += info['piece length'])
		pieces.push(
			createHash('sha1')
				.update(whole.subarray(at, at + info['piece length']))
				.digest(),
		)
	expect(info.pieces).toEqual(Buffer.concat(pieces))
	const begin = bytes.indexOf('4:info') + 6
	const digest = createHash('sha1')
		.update(bytes.subarray(begin, bytes.length - 1))
		.digest('hex')
	expect([torrent, made.file('site').split('\n')[5]]).toEqual([digest, digest])
	expect((await made.audit()).faults).toEqual([])
})

test('it says nothing of when, by what or to whom', async () => {
	const made = await centreWithTorrent()
	await made.publish()
	const { metainfo } = read(made.archive)
	expect(Object.keys(metainfo)).toEqual(['creation date', 'encoding', 'info'])
	expect(metainfo['creation date']).toBe(1)
	expect(Object.keys(metainfo.info)).toEqual(['files', 'name', 'piece length', 'pieces'])
	expect(String(metainfo.info.name)).toBe('log.example-test')
})

test('one archive has one info-hash, whatever trackers and web seeds are named', async () => {
	const made = await centreWithTorrent()
	const { torrent } = await made.publish()
	const before = filesOf(made.archive)
	rmSync(join(made.archive, path))
	expect(await made.publish()).toMatchObject({ publication: null, torrent })
	expect(filesOf(made.archive)).toEqual(before)
	const trackers = ['udp://tracker.example:6969', 'https://tracker.example/announce']
	made.torrent = TorrentSettings.parse({ trackers, webSeeds: ['https://mirror.example/'] })
	expect(await made.publish()).toMatchObject({ publication: null, torrent })
	const { bytes, metainfo } = read(made.archive)
	expect(infoHashOf(bytes)).toBe(torrent)
	expect(String(metainfo['announce-list'])).toBe(String(trackers))
	expect(String(metainfo['url-list'])).toBe('https://mirror.example/')
})

test.each([
	['trackers', 'file:///etc/passwd'],
	['trackers', 'https://name:word@tracker.example/announce'],
	['trackers', 'tracker'],
	['webSeeds', 'udp://tracker.example:6969/'],
	['webSeeds', 'https://mirror.example/archive'],
])('of %s %s is refused', (name, text) => {
	expect(TorrentSettings.safeParse({ [name]: [text] }).success).toBe(false)
})

test('a publication that asks for none has none, and no old one; copies are whole with and without the file', async () => {
	const made = await centreWithTorrent()
	await made.publish()
	const copy = join(made.home, 'copy')
	gotten(await mirror(made.archive, copy))
	expect(Object.keys(filesOf(copy))).not.toContain(path)
	expect((await made.auditOf(copy)).faults).toEqual([])
	made.torrent = undefined
	await made.centre.acta('k-one', actaText(1))
	expect(await made.publish()).toMatchObject({ torrent: null })
	expect(made.file('site').split('\n')[5]).toBe('-')
	expect(() => statSync(join(made.archive, path))).toThrow('ENOENT')
})

test('a publication that was cut off after it was signed is completed with the torrent that it had', async () => {
	const made = await centreWithTorrent()
	await made.publish()
	const before = copyOf(made.archive, join(made.home, 'before'))
	await made.centre.acta('k-one', actaText(1))
	const { torrent, publication, leaves } = await made.publish()
	const whole = filesOf(made.archive)
	for (const name of ['checkpoint', 'site', 'feed/latest'])
		writeFileSync(join(made.archive, name), readFileSync(join(before, name)))
	for (const name of [`sites/${publication}`, `checkpoints/${leaves}`]) rmSync(join(made.archive, name))
	// What is kept of its record comes last of all.
	const kept = join(made.keys, 'feed.sha256')
	writeFileSync(kept, readFileSync(kept, 'utf8').replace(/.*\n$/, ''))
	expect(await made.publish()).toMatchObject({ publication: null, torrent })
	expect(filesOf(made.archive)).toEqual(whole)
})

test.each([
	'',
	'd',
	'de',
	'd4:infod',
	'd4:info9:short',
	'd4:info99999999999:e',
	'd4:infoi1',
	'l4:infoi1ee',
	'd3:onee',
])('%s is no torrent', (text) => {
	expect(infoHashOf(Buffer.from(text))).toBeNull()
})

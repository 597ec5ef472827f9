import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { actaText, qrPicture } from '../reading/qr-picture.ts'
import { Machine } from '../support/machines.ts'
import { sharedData } from '../support/shared-data.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const read = (folder: string, ...args: string[]) => new Machine(folder).types('read', ...args)

const lines = (text: string) => text.trimEnd().split('\n')

test('an acta is shown with names, sums and what a reading is worth', async () => {
	const folder = await temporaryFolder()
	await writeFile(join(folder, 'acta.png'), await qrPicture(actaText))
	const { status, out, err } = await read(folder, 'acta.png')
	expect({ status, err }).toEqual({ status: 0, err: '' })
	expect(out).toMatch(/^acta\.png: acta 121202007\.01\.1\.0001\n {2}centre 121202007, table 01\n/)
	expect(out).toMatch(/^ +Edmundo González +117$/m)
	expect(out).toMatch(/^ +Nicolás Maduro +46$/m)
	expect(out).toMatch(/^ +null +0$/m)
	expect(out).toMatch(/^ +total +164$/m)
	expect(lines(out).at(-1)).toContain('not that the paper is genuine')
})

test('as JSON, a line for each file, in order, and nothing else', async () => {
	const folder = await temporaryFolder()
	await writeFile(join(folder, 'acta.png'), await qrPicture(actaText))
	await writeFile(join(folder, 'notes.txt'), 'not a picture')
	const { status, out } = await read(folder, '--json', 'acta.png', 'notes.txt', 'acta.png')
	expect(status).toBe(1)
	const [acta, notes, again] = lines(out).map((line) => JSON.parse(line))
	expect(acta).toMatchObject({
		file: 'acta.png',
		ok: true,
		code: null,
		text: actaText,
		acta: { code: '121202007.01.1.0001', centro: '121202007', mesa: '01', nullVotes: 0, emptyVotes: 0 },
		votes: { EG: 117, NM: 46, JABE: 1, LM: 0 },
		total: 164,
		picture: { mediaType: 'image/png' },
	})
	expect(notes).toMatchObject({ file: 'notes.txt', ok: false, code: 'not-an-image', acta: null })
	expect(Object.keys(again)).toEqual(Object.keys(notes))
})

test('each thing that is no acta gets one clear line', async () => {
	const folder = await temporaryFolder()
	const photograph = sharp({ create: { width: 300, height: 300, channels: 3, background: '#8899aa' } }).jpeg()
	const jpeg = await photograph.toBuffer()
	const votes = actaText.split('!')[1] ?? ''
	const files: [string, string | Uint8Array, RegExp][] = [
		['photograph.jpg', jpeg, /no QR code could be read/],
		['notes.jpg', 'only text', /is text/],
		['empty.png', '', /is empty/],
		['cut.jpg', jpeg.subarray(0, -2), /damaged or cut short/],
		['address.png', await qrPicture('https://example.org/x'), /web address.*never open it/],
		['large.png', await qrPicture('A'.repeat(2900), 'L'), /2900 bytes/],
		['37.png', await qrPicture(actaText.replace(votes, votes.slice(3))), /37 counts/],
		['count.png', await qrPicture(actaText.replace('!23,', '!99999999999,')), /count 1: over 9999/],
	]
	for (const [name, content] of files) await writeFile(join(folder, name), content)
	const { status, out, err } = await read(folder, ...files.map(([name]) => name))
	expect({ status, err }).toEqual({ status: 1, err: '' })
	const said = lines(out)
	expect(said).toHaveLength(files.length + 2)
	for (const [index, [name, , expected]] of files.entries()) {
		expect(said[index]?.startsWith(`${name}: no acta: `)).toBe(true)
		expect(said[index]).toMatch(expected)
	}
})

test('text from a code is quoted, cut short and no link', async () => {
	const folder = await temporaryFolder()
	await writeFile(join(folder, 'a.png'), await qrPicture(`https://www.example.org/${'x'.repeat(300)}`, 'L'))
	await writeFile(join(folder, 'b.png'), await qrPicture('\u001b]8;;https://example.org\u0007click\u001b[2J'))
	await writeFile(join(folder, 'c.png'), await qrPicture('left \u202e right'))
	const { out } = await read(folder, 'a.png', 'b.png', 'c.png')
	expect(out).toMatch(/it says "https\[:\]\/\/www\[\.\]example\.org\/x+…"$/m)
	expect(out).not.toContain('://')
	expect(lines(out)[0]?.length).toBeLessThan(250)
	expect(out).not.toMatch(/[^\P{C}\n]/u)
})

test('a file name can move no cursor, in text or JSON', async () => {
	const folder = await temporaryFolder()
	const name = 'a\u001b[2J\u009b31m\u202e.jpg'
	await writeFile(join(folder, name), 'text')
	for (const args of [[name], ['--json', name]]) {
		const { out } = await read(folder, ...args)
		expect(out).not.toMatch(/[^\P{C}\n]/u)
		if (args.length > 1) expect(JSON.parse(out).file).toBe(name)
	}
})

test('what cannot be opened is named, the rest is read all the same', async () => {
	const folder = await temporaryFolder()
	await writeFile(join(folder, 'acta.png'), await qrPicture(actaText))
	const { status, out } = await read(folder, 'missing.png', '.', '/dev/null', 'acta.png')
	expect(status).toBe(3)
	expect(lines(out).slice(0, 4)).toEqual([
		'missing.png: there is no such file',
		'.: it is a directory: name the pictures in it',
		'/dev/null: it is not a file',
		'acta.png: acta 121202007.01.1.0001',
	])
})

test('used wrongly', async () => {
	const folder = await temporaryFolder()
	await writeFile(join(folder, 'no.json'), '{')
	await writeFile(join(folder, 'bad.json'), '{"id":"x","cards":7}')
	expect(await read(folder)).toMatchObject({ status: 2, out: '' })
	expect(await read(folder, '--no-such-option', 'x')).toMatchObject({ status: 2, out: '' })
	expect(await read(folder, '--election', 'missing.json', 'x')).toMatchObject({ status: 2, out: '' })
	expect(await read(folder, '--election', 'no.json', 'x')).toMatchObject({
		status: 2,
		err: expect.stringContaining('JSON'),
	})
	const { status, err } = await read(folder, '--election', 'bad.json', 'x')
	expect(status).toBe(2)
	expect(err).toMatch(/title/)
	expect(err).toMatch(/cards/)
})

test('another election is read by its own definition', async () => {
	const folder = await temporaryFolder()
	const election = {
		...presidential2024,
		id: 'another-one',
		candidates: [{ id: 'A', name: 'Ana' }],
		cards: [{ sigla: 'UNO', candidate: 'A' }],
	}
	await writeFile(join(folder, 'election.json'), JSON.stringify(election))
	await writeFile(join(folder, 'acta.png'), await qrPicture('121202007.01.1.0001!7!1!0'))
	const { status, out } = await read(folder, '--election', 'election.json', 'acta.png')
	expect(status).toBe(0)
	expect(out).toMatch(/^ +Ana +7$/m)
	expect(out).toMatch(/^ +total +8$/m)
})

test.skipIf(sharedData === null)('the real acta (skipped without ../shared/data)', async () => {
	const folder = join(sharedData ?? '', 'acta-121202007')
	const { status, out } = await read(folder, '--json', 'qr-closeup.png', 'strip-redacted.png')
	expect(status).toBe(0)
	for (const line of lines(out)) {
		expect(JSON.parse(line)).toMatchObject({
			acta: { centro: '121202007', mesa: '01', nullVotes: 0 },
			votes: { EG: 117, NM: 46 },
			total: 164,
		})
	}
})

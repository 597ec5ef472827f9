/** Of leaves: what is none, what must not be public, what does not go together. */
import { leafHash } from '#src/log/tree-hash.js'
import { timeOfVersion1 } from '../../evidence/samples.ts'
import { digestOf } from '../collections.ts'
import { device, impostor, officer, otherDevice, station } from '../object-vector.ts'
import { base64url, headerOf, idOf, payloadOf, signed } from '../signed.ts'
import { changed, relogged } from './archive-in-memory.ts'
import { campaign, registry } from './campaign-parts.ts'
import { pictures, Signed } from './published.ts'
import { leafKind, type RowMaking, withBlank } from './row-making.ts'

export async function addLeafRows({
	second,
	leaves,
	texts,
	size,
	replaced,
	row,
	logged,
}: RowMaking): Promise<void> {
	const atOf = (kind: string) => texts.findIndex((text) => leafKind(text) === kind)
	const withheld = atOf('withheld')
	await logged(
		'a withheld text altered',
		'bad-leaf',
		replaced(withheld, texts[withheld]?.replace(',', ', ') ?? ''),
	)
	await logged(
		'a withheld text with a name',
		'bad-leaf',
		replaced(withheld, texts[withheld]?.replace('}', ',"who":"M. P."}') ?? ''),
	)
	await logged('something else as a leaf', 'bad-leaf', [...leaves, 'María Pérez'])
	await logged('a registry as a leaf', 'bad-leaf', [...leaves, registry(1)])
	await logged('a leaf twice', 'leaf-twice', [...leaves, leaves[1] ?? ''])
	await logged('no campaign object among the leaves', 'not-in-step', leaves.slice(1))
	await logged('another campaign object as a leaf', 'campaign-differs', [
		...leaves,
		campaign(2, { time: '2024-07-31T12:00:00Z' }),
	])
	const entry = atOf('entry')
	const [signedPart, otherPart] = [texts[entry] ?? '', texts[entry + 1] ?? ''].map((one) =>
		one.lastIndexOf('.'),
	)
	const swapped = `${texts[entry]?.slice(0, signedPart)}${texts[entry + 1]?.slice(otherPart)}`
	await logged('a leaf with the signature of another', 'bad-signature', replaced(entry, swapped))
	const by = new Signed()
	const text = '102.02.1!1,1,1!0!0'
	await logged('a name in a field that no format names', 'not-closed', [
		...leaves.slice(0, 1),
		by.acta(device, text, pictures[0], { who: 'María Pérez' }),
	])
	await logged('a name in the text of a reading', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, 'María Pérez', pictures[0], {
			reading: { method: 'ocr', text: 'María Pérez', code: null },
		}),
	])
	await logged('a name between two fields', 'not-closed', [
		...leaves.slice(0, 1),
		withBlank(new Signed().acta(device, text, pictures[0])),
	])
	await logged('an unknown role of a picture', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, text, pictures[0], {
			images: [{ role: 'maria', mediaType: 'image/jpeg', size: 1, sha256: digestOf('x') }],
		}),
	])
	await logged('version 1 in production', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, text, pictures[0], { ...timeOfVersion1, software: 'testigo/0.1.0' }),
	])
	await logged('a version that nobody knows', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, text, pictures[0], { v: 3 }),
	])
	await logged('an entry that names another device', 'not-closed', [
		...leaves.slice(0, 1),
		new Signed().acta(device, text, pictures[0], { device: otherDevice.id }),
	])
	await logged('by a device that nobody lists', null, [
		...leaves,
		new Signed().acta({ ...device, id: 'k-nobody' }, text, pictures[0]),
	])
	await logged('an entry by a station', null, [...leaves, new Signed().acta(station, text, pictures[0])])
	await logged('an entry by another key under the name of a device', 'bad-signature', [
		...leaves,
		new Signed().acta(impostor, text, pictures[0]),
	])
	await logged('a device that was cloned', null, [...leaves, new Signed().acta(device, text, pictures[0])])
	await logged('an entry that follows from nothing that is here', null, [
		...leaves,
		chained(new Signed().acta(otherDevice, text, pictures[0]), { seq: 2, prev: idOf(texts[0] ?? '') }),
	])
	await logged('entries are awaited', null, [
		...leaves,
		chained(new Signed().acta(otherDevice, text, pictures[0]), { seq: 40, prev: idOf(texts[0] ?? '') }),
	])
	await logged('an answer to a picture that the entry does not name', null, [
		...leaves,
		new Signed().answer(station, texts[entry] ?? '', 'no such picture', text),
	])
	await logged('a device that lies about the size of a picture', null, [
		...leaves,
		chained(
			new Signed().acta(otherDevice, text, 'x', {
				images: [{ role: 'public', mediaType: 'image/jpeg', size: 1, sha256: digestOf(pictures[0]) }],
			}),
			{ seq: 40, prev: idOf(texts[0] ?? '') },
		),
	])
	await logged('a table of digits that no table has', 'not-closed', [
		...leaves,
		new Signed().rule(officer, '1.1', []),
	])
	const places = Array.from({ length: 300 }, (_, number) => withheldAt(number + 1000))
	await logged('more leaves than a tile has', null, [...leaves, ...places])
	{
		const many = await relogged(second, [...leaves, ...places])
		const [full, partial] = [many.get('tile/1/000.p/1'), many.get(`tile/0/001.p/${size + 300 - 256}`)]
		row(
			'a hash of the second level altered',
			'tile-differs',
			changed(many, { 'tile/1/000.p/1': partial?.subarray(0, 32) ?? '' }),
		)
		row(
			'a tile of the second level in place of its own',
			'bad-tile',
			changed(many, { 'tile/0/000': full ?? '' }),
		)
	}
}

function withheldAt(seq: number): string {
	return JSON.stringify({
		withheld: 'entry',
		by: device.id,
		seq,
		id: base64url(leafHash(Buffer.from(`${seq}`))),
	})
}

/** Signed anew by its device, elsewhere in the chain. */
function chained(text: string, place: { readonly seq: number; readonly prev: string }): string {
	return signed(otherDevice, headerOf('entry', otherDevice.id), { ...JSON.parse(payloadOf(text)), ...place })
}

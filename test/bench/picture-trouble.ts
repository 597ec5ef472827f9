/**
 * Which cause is told for which trouble, among the pictures that the reader does not read, and what telling it
 * costs. `npx tsx test/bench/picture-trouble.ts [pictures of a kind] [first seed]`, after `npm run build`. The
 * thresholds were chosen on seeds from 0; figures in `picture-trouble.md` are of seeds from 1000.
 */
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { decodeGrey } from '#src/reading/decode-grey.js'
import { QrReader } from '#src/reading/qr-reader.js'
import { pictureTroubleOf } from '#src/reading/trouble/picture-trouble.js'
import { openStripPrinter } from '#src/simulator/paper/strip.js'
import type { Megapixels } from '#src/simulator/photograph/severity.js'
import { gotten } from '../support/result.ts'
import { type Cell, spreadOf, textOf } from './table.ts'
import { made, troubledPicture } from './troubled-pictures.ts'

const count = Number(process.argv[2] ?? 30)
const firstSeed = Number(process.argv[3] ?? 1000)
/** Every so many pictures one of 12 MP: they take ten times as long to render. */
const largeEvery = 10

const causes = [
	'no-paper',
	'too-dark',
	'code-outside',
	'glare',
	'too-small',
	'blurred',
	'pen-on-code',
	'no-code',
] as const

const press = await openStripPrinter()
const reader = new QrReader(presidential2024)
await reader.start()
const milliseconds: Record<Megapixels, number[]> = { 3: [], 12: [] }
const rows: Cell[][] = []
for (const which of made) {
	const told = new Map<string, number>()
	let read = 0
	for (let index = 0; index < count; index++) {
		const megapixels = index % largeEvery === largeEvery - 1 ? 12 : 3
		const jpeg = await troubledPicture(press, which, `seed ${firstSeed + index}`, megapixels)
		const { reading } = await reader.read(jpeg)
		if (reading.kind !== 'unread') {
			read++
			continue
		}
		const { code } = reading.fault
		told.set(code, (told.get(code) ?? 0) + 1)
		const grey = gotten(await decodeGrey(jpeg, 'image/jpeg', 20))
		const begun = performance.now()
		pictureTroubleOf(grey)
		milliseconds[megapixels].push(performance.now() - begun)
	}
	rows.push([which, read, ...causes.map((cause) => told.get(cause) ?? 0)])
	process.stderr.write(`${which} `)
}
await reader.stop()
process.stderr.write('\n')

const table = {
	title: `Causes told, of ${count} pictures of each trouble (seeds from ${firstSeed}, each tenth of 12 MP)`,
	columns: ['trouble', 'read', ...causes],
	rows,
	notes: ['Pictures that were read are told nothing. Noise and poster have no right answer but no-code.'],
}
console.log(textOf(table))
const times = ([3, 12] as const).map((size) => {
	const { median, p95 } = spreadOf(milliseconds[size])
	return [`${size} MP`, milliseconds[size].length, median, p95, Math.max(...milliseconds[size])]
})
console.log(
	textOf({
		title: 'Milliseconds to tell',
		columns: ['', 'pictures', 'median', 'p95', 'longest'],
		rows: times,
	}),
)

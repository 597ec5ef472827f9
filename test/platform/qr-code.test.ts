import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { openQrWriter, qrAsGrey, qrForTerminal, widthInTerminal } from '#src/platform/qr-code.js'
import { QrReader } from '#src/reading/qr-reader.js'

const text = `TESTIGO-1:${'Qk9f-'.repeat(320)}`

async function read(plane: Uint8Array, width: number, height: number): Promise<string | null> {
	const reader = new QrReader(presidential2024)
	onTestFinished(() => reader.stop())
	await reader.start()
	const picture = await sharp(plane, { raw: { width, height, channels: 1 } })
		.png()
		.toBuffer()
	const { reading } = await reader.read(picture)
	return reading.kind === 'foreign' ? reading.text : null
}

test('a code as long as a response is read from its picture', async () => {
	const symbol = await (await openQrWriter())(text, 'ecLevel=L')
	if (symbol === null) return expect.fail('does not fit')
	const { plane, width } = qrAsGrey(symbol, 4)
	expect(await read(plane, width, width)).toBe(text)
})

test('and from its characters in a terminal, dark on light whatever the colours of the terminal', async () => {
	const symbol = await (await openQrWriter())(text, 'ecLevel=L')
	if (symbol === null) return expect.fail('does not fit')
	const lines = qrForTerminal(symbol).map((line) => {
		expect(line.startsWith('\u001b[30;107m') && line.endsWith('\u001b[0m')).toBe(true)
		return line.slice('\u001b[30;107m'.length, -'\u001b[0m'.length)
	})
	const [scale, columns] = [4, widthInTerminal(symbol)]
	expect(lines.every((line) => line.length === columns)).toBe(true)
	const [width, height] = [columns * scale, lines.length * 2 * scale]
	const plane = Uint8Array.from({ length: width * height }, (_, at) => {
		const [row, column] = [Math.floor(at / width / scale), Math.floor((at % width) / scale)]
		const character = lines[row >> 1]?.charAt(column) ?? ''
		const dark = character === '█' || character === (row % 2 === 0 ? '▀' : '▄')
		return dark ? 0 : 255
	})
	expect(await read(plane, width, height)).toBe(text)
})

test('what does not fit makes no code', async () => {
	expect(await (await openQrWriter())('a'.repeat(3_000), 'ecLevel=L')).toBeNull()
})

import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openQrWriter, type QrSymbol, qrAsGrey, qrForTerminal, widthInTerminal } from '../platform/qr-code.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { drawAside, printAside } from './output.ts'
import { writeOut } from './write-out.ts'

export interface CodeOptions {
	/** Draws the code on standard error, also where that is no terminal. */
	readonly qr?: true
	/** A PNG to write it to. */
	readonly png?: string
}

/** Refuses, before anything is done, a picture that could not be written after it; as when root was given up. */
export async function refuseUnwritable(png: string): Promise<void> {
	await access(dirname(png), constants.W_OK).catch((error: NodeJS.ErrnoException) => {
		const who = `the user ${process.geteuid?.() ?? ''}`
		const detail = `--png ${png}: ${who} may not write there (${error.code}); nothing was done: name another place`
		throw new CommandRefused(exit.environmentFailed, detail)
	})
}

/** Shows `text` as a QR code where that is asked for, or a terminal looks on; `mode` is of the picture's file. */
export async function showCode(text: string, { qr, png }: CodeOptions, mode = 0o644): Promise<void> {
	const draw = qr ?? process.stderr.isTTY
	if (!draw && png === undefined) return
	const symbol = await symbolOf(text)
	if (draw) drawCode(symbol)
	if (png === undefined) return
	const picture = await pictureOf(symbol)
	await asOwnerOf(png)
	await writeOut(png, picture, mode)
}

/** On standard error; lines that the terminal breaks would make no code. */
export function drawCode(symbol: QrSymbol): void {
	const { isTTY, columns } = process.stderr
	if (isTTY && columns < widthInTerminal(symbol)) {
		printAside(
			`The QR code needs ${widthInTerminal(symbol)} columns: widen the terminal, or write it as a picture.`,
		)
	} else drawAside(`${qrForTerminal(symbol).join('\n')}\n`)
}

export async function symbolOf(text: string): Promise<QrSymbol> {
	// A clean screen or print: the room goes to larger modules instead of error correction.
	const symbol = await (await openQrWriter())(text, 'ecLevel=L')
	if (symbol === null) throw new RangeError(`no QR code holds ${text.length} characters`)
	return symbol
}

/** As PNG. What draws it takes longer to load than most commands do that might: it is loaded here. */
export async function pictureOf(symbol: QrSymbol): Promise<Buffer> {
	const { default: sharp } = await import('sharp')
	const { plane, width } = qrAsGrey(symbol, 8)
	const raw = { width, height: width, channels: 1 } as const
	return await sharp(plane, { raw }).toColourspace('b-w').png().toBuffer()
}

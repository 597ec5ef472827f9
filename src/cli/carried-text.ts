import { presidential2024 } from '../acta/presidential-2024.ts'
import { readCapped } from '../platform/capped-file.ts'
import { QrReader } from '../reading/qr-reader.ts'
import { exit, Refusal } from './exit.ts'
import { readPictureFile } from './picture-file.ts'

/** Bytes of a request or a response: the longest has some 3,000. */
const longest = 64 * 1024

/** What someone carried here: a text file, or with `picture` a photograph of its QR code. Throws a Refusal. */
export async function carriedText(path: string, picture: boolean): Promise<string> {
	if (picture) return codeIn(path)
	const bytes = await readCapped(path, longest)
	if (bytes.ok) return bytes.value.toString('latin1').trim()
	throw new Refusal(exit.environmentFailed, `${path}: ${bytes.fault.detail}`)
}

async function codeIn(path: string): Promise<string> {
	const bytes = await readPictureFile(path)
	if (!bytes.ok) throw new Refusal(exit.environmentFailed, `${path}: ${bytes.fault.detail}`)
	// Any election will do: what is looked for is no acta's code.
	const reader = new QrReader(presidential2024)
	await reader.start()
	try {
		const { reading } = await reader.read(bytes.value)
		if (reading.kind === 'foreign' && reading.text !== null) return reading.text.trim()
		const why = reading.kind === 'acta' ? "the code is an acta's" : reading.fault.detail
		throw new Refusal(exit.foundWrong, `${path}: ${why}`)
	} finally {
		await reader.stop()
	}
}

/**
 * PEM as RFC 7468 writes it strictly (section 3, figure 3), and nothing else in the file: blocks one after another,
 * lines of 64 characters but for the last of each, base64 in its one spelling, LF at the end of every line.
 *
 * One grammar for all that reads keys, the other verifiers included. Where one tool skips what another takes in (a
 * blank before a block, words between two), a file shows one key to the person and another to the program. Ours,
 * since Node hands PEM to OpenSSL, which skips.
 */
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'

export type PemFault = Fault<'bad-pem'>

export interface PemBlock {
	readonly label: string
	readonly der: Buffer
}

const block =
	/-----BEGIN ([A-Z0-9]+(?: [A-Z0-9]+)*)-----\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)-----END \1-----\n/y

/** All blocks of a file, each byte of which is the character of that number (Latin-1); one at least. */
export function readPem(text: string): Result<readonly PemBlock[], PemFault> {
	const blocks: PemBlock[] = []
	for (let at = 0; at < text.length || blocks.length === 0; at = block.lastIndex) {
		block.lastIndex = at
		const [, label, body] = block.exec(text) ?? []
		if (label === undefined || body === undefined) return fail('bad-pem', whyNot(text))
		const base64 = body.replaceAll('\n', '')
		const der = Buffer.from(base64, 'base64')
		if (base64.length % 4 !== 0 || der.toString('base64') !== base64) return fail('bad-pem', whyNot(text))
		blocks.push({ label, der })
	}
	return ok(blocks)
}

function whyNot(text: string): string {
	if (text.includes('\r')) return 'ends its lines with CR LF: something took the file for text; copy it anew'
	return 'holds something else than PEM as it is written strictly (RFC 7468), blanks and words included'
}

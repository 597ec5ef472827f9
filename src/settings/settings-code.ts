/**
 * Settings as they are carried: in a file the JWS itself, in a QR code its three parts as bytes, with a line feed
 * between them, deflated (RFC 1951) and base64url again. With two custodians and one network a code has 577 characters
 * instead of 652, with five and three 878 instead of 1,154: fewer modules a side, and larger ones.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { settingsPrefix } from '../enrolment/code-prefixes.ts'
import { decodeBase64url, encodeBase64url } from '../evidence/base64url.ts'
import { packJws, unpackJws } from '../evidence/packed-jws.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'

/**
 * Characters that a code may have: with them it has 133 modules a side, the most that was read by the way of a
 * response, down to 3 pixels a module (`provisioning/README.md`).
 */
export const longestCode = 1_628

/** Bytes when inflated. */
const mostBytes = 8 * 1024

export type CodeFault = Fault<'not-settings'>

export function asCode(jws: string): string {
	return `${settingsPrefix}${encodeBase64url(deflateRawSync(packJws(jws), { level: 9 }))}`
}

/** The JWS of either form, of which nothing is proven yet. */
export function jwsOf(carried: string): Result<string, CodeFault> {
	if (!carried.startsWith(settingsPrefix)) {
		return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(carried)
			? ok(carried)
			: fail(
					'not-settings',
					'not what "testigo ca settings" writes: carry its file here whole, or show its code',
				)
	}
	const bytes = inflated(carried.slice(settingsPrefix.length))
	const jws = bytes === null ? null : unpackJws(bytes)
	return jws === null ? fail('not-settings', 'the code is damaged, or not all of it was read') : ok(jws)
}

function inflated(code: string): Buffer | null {
	const packed = decodeBase64url(code)
	if (packed === null) return null
	try {
		return inflateRawSync(packed, { maxOutputLength: mostBytes })
	} catch {
		return null
	}
}

/**
 * Makes signed objects, good and bad, without any of `src/evidence`: what the tests hold it against must not
 * share its mistakes.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

export interface TestKey {
	readonly id: string
	readonly privateKey: KeyObject
	readonly publicKey: KeyObject
}

export function testKey(id: string): TestKey {
	return { id, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
}

export function base64url(value: string | Uint8Array): string {
	return Buffer.from(value).toString('base64url')
}

/** The same signature with the other s. */
export function otherOf(signature: Uint8Array): Buffer {
	const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`)
	const other = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex')
	return Buffer.concat([signature.subarray(0, 32), other])
}

export function isLow(signature: Uint8Array): boolean {
	return BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`) <= order / 2n
}

export function low(signature: Uint8Array): Uint8Array {
	return isLow(signature) ? signature : otherOf(signature)
}

/** `header` and `payload` as JSON values, or as the very text or bytes to sign. */
export function forge(
	key: TestKey,
	header: object | string,
	payload: object | string | Uint8Array,
	signature: (made: Uint8Array) => Uint8Array = low,
): string {
	const payloadText =
		typeof payload === 'string' || payload instanceof Uint8Array ? payload : JSON.stringify(payload)
	const headerText = typeof header === 'string' ? header : JSON.stringify(header)
	const input = `${base64url(headerText)}.${base64url(payloadText)}`
	const made = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
	return `${input}.${base64url(signature(made))}`
}

export function headerOf(kind: string, kid: string): Record<string, unknown> {
	return { alg: 'ES256', typ: `testigo-${kind}+jws`, kid }
}

/** Makes signed objects, good and bad, to the letter. */
import { type SeededKey, sha256, signatureOf } from './seeded-key.ts'

type Alter = (signature: Buffer) => Uint8Array

/** `header` and `payload` as values, or as the very text or bytes to sign. */
export function signed(
	key: SeededKey,
	header: object | string,
	payload: object | string | Uint8Array,
	alter: Alter = (signature) => signature,
): string {
	const input = `${part(header)}.${part(payload)}`
	return `${input}.${base64url(alter(signatureOf(key, input)))}`
}

export function headerOf(kind: string, kid: string): Record<string, unknown> {
	return { alg: 'ES256', typ: `testigo-${kind}+jws`, kid }
}

export function base64url(value: string | Uint8Array): string {
	return Buffer.from(value).toString('base64url')
}

/** The id of an object: of what was signed, not of the signature. */
export function idOf(text: string): string {
	return sha256(text.slice(0, text.lastIndexOf('.'))).toString('base64url')
}

/** Changes the payload behind the signature's back; it stays good JSON. */
export function alteredPayload(text: string): string {
	const [header, , signature] = text.split('.')
	return `${header}.${base64url(payloadOf(text).replace(/"v":(\d),/, '"v":$1,"x":1,'))}.${signature}`
}

export function payloadOf(text: string): string {
	return Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()
}

function part(value: object | string | Uint8Array): string {
	return base64url(typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value))
}

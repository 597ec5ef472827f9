import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import * as z from 'zod'

/** A device's or receiver's id: a random pseudonym, safe as a file name and as an MQTT topic level. */
export const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{2,31}$/, '3 to 32 lower-case letters, digits, hyphens')

/** Who may have signed: an id and the P-256 key that belongs to it. */
export interface Identity {
	readonly id: string
	readonly publicKey: KeyObject
}

export function publicKeyPem(key: KeyObject): string {
	return oneSpelling(key).export({ type: 'spki', format: 'pem' }).toString()
}

/** What the first entry names as `prev`: base64url of the SHA-256 of the device's public key (SPKI, DER). */
export function genesisOf(publicKey: KeyObject): string {
	return createHash('sha256').update(spkiOf(publicKey)).digest('base64url')
}

/** The key as SPKI in DER, always the same bytes. */
export function spkiOf(publicKey: KeyObject): Buffer {
	return oneSpelling(publicKey).export({ type: 'spki', format: 'der' })
}

/**
 * A point can be written compressed or not (SEC 1, section 2.3.3), and OpenSSL writes it as it read it. A
 * JWK has x and y only, so on the way through it the key comes out uncompressed, always the same bytes.
 */
function oneSpelling(key: KeyObject): KeyObject {
	return createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' })
}

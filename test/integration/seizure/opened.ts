/** Whether any key on the device, in any way that a key could be made of it, opens what the device has sealed. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, webcrypto } from 'node:crypto'
import { Decrypter } from 'age-encryption'
import { numberOf } from './traces.ts'

/** Before the 32 bytes of an X25519 key in PKCS #8 (RFC 8410 section 7). */
const beforeX25519 = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** Everything of 32 bytes that somebody with these keys could try: the numbers, and digests of what they have. */
function secretsOf(keys: readonly KeyObject[], recipients: readonly string[]): Buffer[] {
	const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest()
	const ofKeys = keys.flatMap((key) => {
		const pem = key.export({ type: 'pkcs8', format: 'pem' })
		const der = key.export({ type: 'pkcs8', format: 'der' })
		const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
		const { x = '' } = key.export({ format: 'jwk' })
		const number = numberOf(key)
		return [number, sha256(number), sha256(pem), sha256(der), sha256(spki), Buffer.from(x, 'base64url')]
	})
	return [...ofKeys, ...recipients.map(sha256), Buffer.alloc(32)]
}

/** How many of `files` any of them opens, and how many tries were made. */
export async function openedByDevice(
	files: readonly Buffer[],
	keys: readonly KeyObject[],
	recipients: readonly string[],
): Promise<{ readonly opened: number; readonly tries: number }> {
	const secrets = secretsOf(keys, recipients)
	const identities = await Promise.all(
		secrets.map((secret) =>
			webcrypto.subtle.importKey(
				'pkcs8',
				createPrivateKey({
					key: Buffer.concat([beforeX25519, secret]),
					format: 'der',
					type: 'pkcs8',
				}).export({ format: 'der', type: 'pkcs8' }),
				{ name: 'X25519' },
				false,
				['deriveBits'],
			),
		),
	)
	let opened = 0
	for (const file of files) {
		for (const identity of identities) {
			const decrypter = new Decrypter()
			decrypter.addIdentity(identity)
			await decrypter.decrypt(file).then(
				() => opened++,
				(error: Error) => {
					if (!error.message.includes('no identity matched')) throw error
				},
			)
		}
	}
	return { opened, tries: files.length * identities.length }
}

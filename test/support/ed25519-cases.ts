/** Signatures, good and bad, for those who verify by arithmetic of their own. */
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { ed25519KeyBytes } from '#src/evidence/ed25519.js'

export interface Ed25519Case {
	readonly key: Buffer
	readonly message: Buffer
	readonly signature: Buffer
	/** What Node says of it. */
	readonly isGood: boolean
}

export function ed25519Cases(): readonly Ed25519Case[] {
	const { publicKey, privateKey } = generateKeyPairSync('ed25519')
	const key = Buffer.from(ed25519KeyBytes(publicKey))
	return [0, 1, 100].flatMap((length) => {
		const message = randomBytes(length)
		const good = sign(null, message, privateKey)
		const [r, s] = [good.subarray(0, 32), good.subarray(32)]
		const signed = [
			[message, good],
			[Buffer.concat([message, Buffer.from('x')]), good],
			[message, Buffer.concat([r, plusOrder(s)])],
			[message, Buffer.concat([Buffer.from(r).fill(r.readUInt8(0) ^ 1, 0, 1), s])],
			[message, Buffer.concat([r, Buffer.from(s).fill(s.readUInt8(0) ^ 1, 0, 1)])],
			[message, Buffer.concat([Buffer.alloc(32, 255), s])],
		] as const
		return signed.map(([text, signature]) => {
			return { key, message: text, signature, isGood: verify(null, text, publicKey, signature) }
		})
	})
}

/** As another number for the same multiple of the base point: RFC 8032, section 5.1.7, takes only the lowest. */
function plusOrder(scalar: Buffer): Buffer {
	const order = 2n ** 252n + 27742317777372353535851937790883648493n
	const number = BigInt(`0x${Buffer.from(scalar).reverse().toString('hex')}`) + order
	return Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse()
}

/** Keys made on the spot for tests: none is ever kept. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { toLowS } from '#src/evidence/p256.js'
import type { Signer } from '#src/evidence/signer.js'

export function makeSigner(kid: string): Signer & { readonly id: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	return {
		id: kid,
		kid,
		publicKey,
		sign: async (bytes) => toLowS(sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
	}
}

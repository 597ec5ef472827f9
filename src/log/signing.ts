/** Signing notes and checkpoints. */
import { createPublicKey, type KeyObject, sign } from 'node:crypto'
import { ed25519KeyBytes } from '../evidence/ed25519.ts'
import { cosignatureType, noteType, type VerifierKey, verifierKey } from '../evidence/keys/verifier-key.ts'
import type { NoteSignature } from './note.ts'

/** An Ed25519 key, under the name that stands before its signatures. */
export interface NoteSigner {
	readonly key: VerifierKey
	sign(text: Uint8Array): Uint8Array
}

/** A log: it signs texts as they are. Throws a RangeError for a name that notes can't bear. */
export function logSigner(name: string, privateKey: KeyObject): NoteSigner {
	return signer(name, noteType, privateKey)
}

/** A witness: it signs checkpoints, with a time. One name a key: what it signs does not name it. */
export function witnessSigner(name: string, privateKey: KeyObject): NoteSigner {
	return signer(name, cosignatureType, privateKey)
}

function signer(name: string, type: VerifierKey['type'], privateKey: KeyObject): NoteSigner {
	return {
		key: verifierKey(name, type, ed25519KeyBytes(createPublicKey(privateKey))),
		sign: (text) => sign(null, text, privateKey),
	}
}

/** A line below a note of this text, which ends with a line feed. */
export function signNote(text: string, { key, sign }: NoteSigner): NoteSignature {
	if (key.type !== noteType) throw new RangeError(`${key.name} signs checkpoints only`)
	return { name: key.name, keyId: key.keyId, signature: sign(Buffer.from(text)) }
}

import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KeyFileSigner } from '#src/evidence/signer.js'
import { inDirectory } from '../support/in-directory.ts'
import { gotten } from '../support/result.ts'

export interface TestKey {
	readonly id: string
	readonly privateKey: KeyObject
	readonly publicKey: KeyObject
}

export function testKey(id: string): TestKey {
	return { id, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
}

export function pkcs8(key: KeyObject): string {
	return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** The signer under test, over a real key file. */
export function keyFileSigner(key: TestKey): Promise<KeyFileSigner> {
	return inDirectory(async (directory) => {
		const path = join(directory, 'key.pem')
		await writeFile(path, pkcs8(key.privateKey), { mode: 0o600 })
		return gotten(await KeyFileSigner.open(key.id, path))
	})
}

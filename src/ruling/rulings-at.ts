/**
 * The rulings that lie on a stick, or in a file, so that a second officer can sign the same. Whoever brought them is
 * not believed: what is signed is shown, and each is by the key beside it.
 */
import { stat } from 'node:fs/promises'
import { signerKeyFile } from '../audit/people-audit.ts'
import { type Jws, parseJws } from '../evidence/jws.ts'
import { readPublicKey } from '../evidence/keys/key-file.ts'
import { openRuling, readRuling, rulingChain, type SignedRuling } from '../evidence/ruling.ts'
import { evidenceLines } from '../journal/evidence-lines.ts'
import { rulingsFile } from '../journal/signed-chain.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { StickFolder } from '../stick/folder.ts'
import { isChainFolder, largestSmall, mostFolders, stickFolder } from '../stick/layout.ts'
import { readSmall } from '../stick/small-file.ts'

/** Bytes of a file of rulings: an officer has some hundreds of a kilobyte each. */
const largestRulings = 64 << 20

/** `no-rulings`: nothing of the kind is there. */
export type NoRulings = Fault<'no-rulings'>

/** Of `table`, in the order of officers' ids. Throws when the stick fails. */
export async function rulingsAt(path: string, table: string): Promise<Result<SignedRuling[], NoRulings>> {
	const found = await stat(path).catch(() => null)
	if (found === null) return fail('no-rulings', `${path}: can't be read`)
	if (!found.isDirectory()) {
		const bytes = await readCapped(path, largestRulings)
		if (!bytes.ok) return fail('no-rulings', `${path}: ${bytes.fault.detail}`)
		return ok(await rulingsIn(piecesOf(bytes.value), table, () => true))
	}
	const stick = await StickFolder.open(path)
	if (!stick.ok) return fail('no-rulings', `${path}: ${stick.fault.detail}`)
	try {
		const root = await stick.value.folder(stickFolder)
		if (!root.ok) return fail('no-rulings', `${path}: ${root.fault.detail}`)
		try {
			return ok(await rulingsOn(root.value, table))
		} finally {
			await root.value.close()
		}
	} finally {
		await stick.value.close()
	}
}

async function rulingsOn(root: StickFolder, table: string): Promise<SignedRuling[]> {
	const { names } = await root.names(mostFolders)
	const rulings: SignedRuling[] = []
	for (const name of names.filter(isChainFolder).sort()) {
		const folder = await root.folder(name)
		if (!folder.ok) continue
		try {
			rulings.push(...(await rulingsOf(folder.value, table)))
		} finally {
			await folder.value.close()
		}
	}
	return rulings
}

async function rulingsOf(folder: StickFolder, table: string): Promise<SignedRuling[]> {
	const lines = await readSmall(folder, rulingsFile.name, largestRulings)
	const pem = await readSmall(folder, signerKeyFile(rulingChain.role), largestSmall)
	const key = pem.ok ? readPublicKey(pem.value.toString('latin1')) : pem
	if (!lines.ok || !key.ok) return []
	const publicKey = key.value
	return rulingsIn(
		piecesOf(lines.value),
		table,
		({ text, kid: id }) => openRuling(text, { id, publicKey }).ok,
	)
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
	yield bytes
}

async function rulingsIn(
	bytes: AsyncIterable<Buffer>,
	table: string,
	isSigned: (jws: Jws) => boolean,
): Promise<SignedRuling[]> {
	const rulings: SignedRuling[] = []
	for await (const line of evidenceLines(bytes)) {
		const jws = line.ok ? parseJws(line.text, 'ruling') : line
		if (!jws.ok || !isSigned(jws.value)) continue
		const read = readRuling(jws.value)
		if (read.ok && read.value.ruling.table === table) rulings.push(read.value)
	}
	return rulings
}

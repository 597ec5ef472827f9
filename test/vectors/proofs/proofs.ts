/** The proofs as they stand in `proofs.json`: a few whole sets of files, and each row as what is another in it. */
import { join } from 'node:path'
import { KeysFolder } from '#src/archive/archive-folder.js'
import { auditProof, readProofKeys } from '#src/archive/check/proof-audit.js'
import { inDirectory } from '../../support/in-directory.ts'
import { type Archive, writeArchive } from '../archives/archive-in-memory.ts'
import { type ArchiveVectors, asVectors } from '../archives/archives.ts'
import { type Asked, wholeArchives } from '../archives/row-making.ts'
import { withoutWords } from '../reference.ts'
import { proofFile, proofRows, wholeProofs } from './rows.ts'

/** `archives` are the whole sets: a proof, and of an archive `keys/` and `campaign/`. */
export async function madeProofs(): Promise<ArchiveVectors> {
	const archives = await wholeArchives()
	const whole = await wholeProofs(archives)
	const rows = (await proofRows(whole, archives)).map(({ files, ...row }) => ({ ...row, archive: files }))
	return asVectors(whole, rows, proofReport)
}

/** The report as `testigo verify --json` prints it, but for the words. */
async function proofReport(archive: Archive, { rehearsal }: Asked): Promise<unknown> {
	const proof = archive.get(proofFile) ?? Buffer.of()
	return inDirectory(async (folder) => {
		await writeArchive(archive, folder)
		const keys = await readProofKeys(new KeysFolder(join(folder, 'keys')))
		if (!keys.ok) return withoutWords({ kind: 'proof', whole: false, fault: keys.fault })
		const report = await auditProof(proof, null, keys.value, { rehearsal })
		return withoutWords({ kind: 'proof', whole: report.faultCount === 0, ...report })
	})
}

import { open } from 'node:fs/promises'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type AuditProgress, counted } from './audit-progress.ts'

/** Opens a file of evidence for an audit, streams it and closes it. */
export async function auditEvidenceFile<T>(
	path: string,
	progress: AuditProgress,
	audit: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<Result<T, Fault<'unreadable'>>> {
	try {
		const file = await open(path)
		try {
			const { size } = await file.stat()
			return ok(await audit(counted(file.createReadStream({ autoClose: false }), size, progress)))
		} finally {
			await file.close()
		}
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('unreadable', `${path}: ${message}`)
	}
}

import { openRegular, piecesOf } from '../platform/files/plain-file.ts'
import { type Fault, fail, ok, type Result } from '../platform/result.ts'
import { type AuditProgress, counted } from './audit-progress.ts'

/** Opens a file of evidence for an audit, streams it and closes it. Names the file that can't be read, of all it needs. */
export async function auditEvidenceFile<T>(
	path: string,
	progress: AuditProgress,
	audit: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<Result<T, Fault<'unreadable'>>> {
	try {
		const file = await openRegular(path)
		try {
			return ok(await audit(counted(piecesOf(file), file.seen.size, progress)))
		} finally {
			await file.handle.close()
		}
	} catch (error) {
		const { code, message, path: unread = path } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		return fail('unreadable', `${unread}: ${message}`)
	}
}

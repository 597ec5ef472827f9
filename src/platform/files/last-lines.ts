import { open } from 'node:fs/promises'

/** The whole lines in the last `most` bytes of a file; none where it can't be read. */
export async function lastLines(path: string, most: number): Promise<string[]> {
	const handle = await open(path).catch(() => null)
	if (handle === null) return []
	try {
		const { size } = await handle.stat()
		const length = Math.min(size, most)
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length)
		const lines = buffer.toString('latin1', 0, bytesRead).split('\n').slice(0, -1)
		return length < size ? lines.slice(1) : lines
	} catch {
		return []
	} finally {
		await handle.close()
	}
}

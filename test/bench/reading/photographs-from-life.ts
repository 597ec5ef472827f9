/** Photographs that somebody really took, with what their codes say. See `test/support/shared-data.ts`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PhotographTask } from './task.ts'

export const textOfRealActa =
	'121202007.01.1.0001!23,0,0,0,0,0,0,0,0,1,0,0,22,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,18,4,95,0,0!0!0'

/** The public test set, a real acta, and a real acta's table of votes, which shows no code. */
export async function photographsFromLife(data: string): Promise<PhotographTask[]> {
	const index = await readFile(join(data, 'qr-photos', 'index.tsv'), 'utf8')
	const lines = index.split('\n').filter((line) => line !== '')
	const listed = lines.map((line) => {
		const [name = '', text = ''] = line.split('\t')
		return { path: join(data, 'qr-photos', name), text: unescaped(text) }
	})
	return [
		...listed,
		{ path: join(data, 'acta-121202007', 'qr-closeup.png'), text: textOfRealActa },
		{ path: join(data, 'acta-121902004', 'photo-pair.png'), text: null },
	].map((photograph) => ({ kind: 'photograph', peers: true, ...photograph }))
}

/** The list writes tabs, ends of lines and backslashes as \t, \r, \n and \\. */
function unescaped(text: string): string {
	const meant: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', '\\': '\\' }
	return text.replaceAll(/\\([trn\\])/g, (_, letter: string) => meant[letter] ?? letter)
}

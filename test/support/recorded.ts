/** What a file of entries says, whoever signed it. */
export interface RecordedEntry {
	readonly kind: string
	readonly software: string
	readonly boot: number
	readonly reading?: { readonly text?: string }
}

/** Entries as they stand in the text of a journal, in their order. */
export function recordedIn(entries: string): RecordedEntry[] {
	const lines = entries.split('\n').filter((line) => line !== '')
	return lines.map((line) => JSON.parse(Buffer.from(line.split('.')[1] ?? '', 'base64url').toString()))
}

/** What its actas say. */
export function textsIn(entries: string): string[] {
	return recordedIn(entries).flatMap(({ kind, reading }) => (kind === 'acta' ? [String(reading?.text)] : []))
}

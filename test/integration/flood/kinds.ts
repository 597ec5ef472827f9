/** What one device floods with, each costly to the centre in another way. */
export const kinds = ['duplicates', 'junk-entries', 'statuses', 'unwanted-chunks', 'large-entries'] as const

export type FloodKind = (typeof kinds)[number]

export function isKind(name: string): name is FloodKind {
	return kinds.some((kind) => kind === name)
}

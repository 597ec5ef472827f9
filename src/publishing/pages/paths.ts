/** Where the pages of places lie: by the digits of the centres' codes, two for a state, four for a municipality, six for a parish. */

const digits = { state: 2, municipality: 4, parish: 6 } as const

export type PageLevel = keyof typeof digits

/** Downwards. */
export const pageLevels = ['state', 'municipality', 'parish'] as const satisfies readonly PageLevel[]

export function prefixesOf(centro: string): readonly string[] {
	return Object.values(digits).map((count) => centro.slice(0, count))
}

export function prefixFor(level: PageLevel, centro: string): string {
	return centro.slice(0, digits[level])
}

/** `p/12/1212/121202/index.html` for 121202. */
export function placePath(prefix: string): string {
	const folders = [2, 4, 6].filter((count) => count <= prefix.length).map((count) => prefix.slice(0, count))
	return ['p', ...folders, 'index.html'].join('/')
}

export function centrePath(centro: string): string {
	return `c/${centro.slice(0, 2)}/${centro}.html`
}

/** From a page to the folder of the archive. */
export function topOf(path: string): string {
	const depth = path.split('/').length - 1
	return depth === 0 ? '.' : Array.from({ length: depth }, () => '..').join('/')
}

/**
 * The three functions of the "Reflect metadata" proposal that tsyringe calls, on which @peculiar/x509 stands and
 * without which it refuses to load; it leaves it to the program to bring them. To be imported before it.
 */
const kept = new WeakMap<object, Map<unknown, unknown>>()

const metadata = {
	defineMetadata(key: unknown, value: unknown, target: object): void {
		kept.set(target, new Map(kept.get(target)).set(key, value))
	},
	getOwnMetadata(key: unknown, target: object): unknown {
		return kept.get(target)?.get(key)
	},
	/** Also what was said of a class that this one extends. */
	getMetadata(key: unknown, target: object): unknown {
		for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
			if (kept.get(at)?.has(key)) return kept.get(at)?.get(key)
		}
		return undefined
	},
}

for (const [name, value] of Object.entries(metadata)) {
	if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value })
}

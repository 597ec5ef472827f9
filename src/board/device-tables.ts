/** Which devices recorded which tables, kept as tables change: how many actas of each are good, and where. Pure. */

export interface TableOfDevices {
	readonly table: string
	/** State and municipality; null for a table that the register does not have. */
	readonly municipality: readonly string[] | null
	/** One for each good entry. */
	readonly devices: readonly string[]
}

interface OpenMunicipality {
	readonly names: readonly string[]
	tables: number
}

interface Counts {
	actas: number
	/** By municipality, as JSON. */
	readonly municipalities: Map<string, OpenMunicipality>
}

export interface DeviceMunicipality {
	readonly names: readonly string[]
	readonly tables: number
}

/** Tables from which on a device has a usual place, and the part of them, in percent, that makes it usual. */
const usualFrom = 20
const usualPercent = 90

export class DeviceTables {
	readonly #tables = new Map<string, TableOfDevices>()
	readonly #devices = new Map<string, Counts>()

	/** In place of what was said of this table before. */
	note(now: TableOfDevices): void {
		const before = this.#tables.get(now.table)
		if (before !== undefined) this.#count(before, -1)
		if (now.devices.length === 0) this.#tables.delete(now.table)
		else this.#tables.set(now.table, now)
		this.#count(now, 1)
	}

	get ids(): Iterable<string> {
		return this.#devices.keys()
	}

	/** Good entries. */
	actas(device: string): number {
		return this.#devices.get(device)?.actas ?? 0
	}

	/** The most frequent first. */
	municipalities(device: string): readonly DeviceMunicipality[] {
		const all = [...(this.#devices.get(device)?.municipalities ?? [])]
		return all
			.sort(([key, one], [otherKey, other]) => other.tables - one.tables || (key < otherKey ? -1 : 1))
			.map(([, { names, tables }]) => ({ names, tables }))
	}

	/** Municipalities beside those in which a device scans nearly always; none as long as it has scanned little. */
	unusual(device: string): readonly DeviceMunicipality[] {
		const all = this.municipalities(device)
		const total = all.reduce((sum, { tables }) => sum + tables, 0)
		if (total < usualFrom) return []
		let [seen, usual] = [0, 0]
		for (const { tables } of all) {
			if (100 * seen >= usualPercent * total) break
			seen += tables
			usual++
		}
		return all.slice(usual)
	}

	#count({ municipality, devices }: TableOfDevices, sign: 1 | -1): void {
		for (const device of devices) this.#countsOf(device).actas += sign
		if (municipality === null) return
		const [names, key] = [municipality, JSON.stringify(municipality)]
		for (const device of new Set(devices)) {
			const { municipalities } = this.#countsOf(device)
			const held = municipalities.get(key) ?? { names, tables: 0 }
			held.tables += sign
			if (held.tables === 0) municipalities.delete(key)
			else municipalities.set(key, held)
		}
	}

	#countsOf(device: string): Counts {
		let counts = this.#devices.get(device)
		if (counts === undefined) {
			counts = { actas: 0, municipalities: new Map() }
			this.#devices.set(device, counts)
		}
		return counts
	}
}

/** A centre of a country of its own: so many tables, of which some came, and more come while somebody looks. */
import { CentreMaker } from '../../support/centre-maker.ts'
import { actaText } from '../../support/journal-maker.ts'

const dayMs = Date.parse('2024-07-28T22:00:00Z')

export class FilledCentre {
	readonly maker: CentreMaker
	readonly #tables: number
	readonly #devices: number
	#came = 0

	constructor(directory: string, tables: number, devices: number) {
		this.maker = new CentreMaker(directory)
		this.#tables = tables
		this.#devices = devices
		this.maker.register(
			Array.from({ length: tables }, (_, index) => {
				const [table = ''] = actaText(index).split('.1.')
				const [centro = '', mesa = ''] = table.split('.')
				const centre = Math.floor(index / 15)
				return {
					...{ table, centro, mesa, electors: 200 + (index % 700), centroName: `Escuela ${centre}` },
					...{ state: `Estado ${centre % 24}`, municipality: `Municipio ${centre % 335}` },
					parish: `Parroquia ${centre % 1005}`,
				}
			}),
		)
	}

	/** Tables of which something came. */
	get came(): number {
		return this.#came
	}

	/** The next table, by the next device, with its receipt of this instant. */
	async next(atMs = dayMs + this.#came * 1_000): Promise<void> {
		const table = this.#came % this.#tables
		const device = this.deviceOf(this.#came)
		const at = `${new Date(atMs).toISOString().slice(0, 19)}Z`
		await this.maker.acta(device, actaText(table, [table % 200, 117]), at)
		this.#came++
	}

	/** Something of every device, heard now. */
	statuses(atMs: number, recorded: number): void {
		const all = Array.from({ length: this.#devices }, (_, index) => ({
			device: this.deviceOf(index),
			recorded,
		}))
		this.maker.statuses(`${new Date(atMs).toISOString().slice(0, 19)}Z`, ...all)
	}

	deviceOf(index: number): string {
		return `k-${String(index % this.#devices)
			.padStart(16, 'a')
			.replaceAll(/\d/g, (digit) => 'bcdefghijk'[Number(digit)] ?? 'a')}`
	}
}

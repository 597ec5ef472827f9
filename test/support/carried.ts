/** Kiosks, a centre, and a folder that stands for a stick between them, in one temporary directory. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Central, type CentralOptions } from '#src/central/central.js'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { publicKeyPem } from '#src/evidence/identity.js'
import { ok, type Result } from '#src/platform/result.js'
import { type ExportFault, type ExportReport, exportJournal } from '#src/stick/export.js'
import { type ImportFault, type ImportOptions, type ImportReport, importStick } from '#src/stick/import.js'
import { actaText, JournalMaker, someBytes } from './journal-maker.ts'
import { gotten } from './result.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { makeSigner } from './test-identity.ts'

export class Carried {
	readonly root: string
	readonly stick: string
	readonly centre: string
	#images = 1_000
	#journals = 0
	readonly centreSigner = makeSigner('c-centre')

	/** Whether each import finds a centre that runs. */
	runs: boolean

	constructor(root: string, { runs = false } = {}) {
		this.root = root
		this.runs = runs
		this.stick = join(root, 'stick')
		this.centre = join(root, 'centre')
		mkdirSync(this.stick)
		mkdirSync(join(this.centre, 'devices'), { recursive: true })
	}

	/** A kiosk with a boot and some actas, each with an image of its own; known to the centre. */
	async kiosk(id: string, actas: number, signer = makeSigner(id)): Promise<JournalMaker> {
		const journal = new JournalMaker(join(this.root, `journal-${this.#journals++}`), signer)
		await journal.boot()
		for (let number = 1; number <= actas; number++) {
			await journal.acta(actaText(number), [someBytes(3_000 * number, this.#images++)])
		}
		this.enrol(journal)
		return journal
	}

	enrol({ signer }: JournalMaker): void {
		writeFileSync(join(this.centre, 'devices', `${signer.kid}.pem`), publicKeyPem(signer.publicKey))
	}

	uplink(journal: JournalMaker): string {
		return join(journal.directory, '..', `${journal.signer.kid}-uplink`)
	}

	async export(journal: JournalMaker, stick = this.stick): Promise<Result<ExportReport, ExportFault>> {
		return exportJournal({
			journal: journal.directory,
			stick,
			home: { centres: onlyCentre(this.centreSigner), directory: this.uplink(journal) },
			anyFolder: true,
		})
	}

	async import(
		stick = this.stick,
		more: Partial<ImportOptions> = {},
	): Promise<Result<ImportReport, ImportFault>> {
		const central = this.runs ? await this.run() : null
		try {
			return await importStick({
				...this.#centreOptions(),
				signer: async () => ok(this.centreSigner),
				stick,
				...more,
			})
		} finally {
			await central?.stop()
		}
	}

	/** The centre runs, in this process, without a broker. */
	async run(more: Partial<CentralOptions> = {}): Promise<Central> {
		const central = new Central({
			...this.#centreOptions(),
			...{ signer: this.centreSigner, broker: null, imports: true, failed() {} },
			...more,
		})
		gotten(await central.start())
		return central
	}

	#centreOptions() {
		return {
			directory: this.centre,
			notBefore: 0,
			clock: new SimulatedClock(),
			random: () => 0.5,
			log: () => {},
		}
	}

	onStick(...names: string[]): string {
		return join(this.stick, 'testigo', ...names)
	}

	ledger(): Buffer {
		return readFileSync(join(this.centre, 'ledger.jws'))
	}
}

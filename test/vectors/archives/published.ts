/** Archives that `Publisher` made of a small centre: two publications, and a rehearsal. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lastCheckpointFile } from '#src/enrolment/log-identity.js'
import { signCheckpoint } from '#src/log/checkpoint.js'
import { emptyRoot } from '#src/log/tree-hash.js'
import { Publisher } from '#src/publishing/publisher.js'
import {
	actaPayload,
	headPayload,
	rulingPayload,
	timeOfVersion1,
	transcriptionPayload,
} from '../../evidence/samples.ts'
import { inDirectory } from '../../support/in-directory.ts'
import { gotten } from '../../support/result.ts'
import { digestOf, lines } from '../collections.ts'
import { device, officer, otherDevice, otherOfficer, otherStation, station } from '../object-vector.ts'
import type { SeededKey } from '../seeded-key.ts'
import { headerOf, idOf, signed } from '../signed.ts'
import { SigningChain } from '../signing-chain.ts'
import {
	type Archive,
	type Change,
	changed,
	cosigned,
	readArchive,
	signedAnew,
	textIn,
	writeArchive,
} from './archive-in-memory.ts'
import { campaign, election, log, ofRehearsal, words } from './campaign-parts.ts'

/** What devices and people sign, each in a chain of their own. */
export class Signed {
	readonly #chains = new Map<string, SigningChain>()

	#sign(key: SeededKey, kind: 'entry' | 'transcription' | 'ruling', payload: object): string {
		const chain = this.#chains.get(key.id) ?? new SigningChain(key, kind)
		this.#chains.set(key.id, chain)
		return chain.sign({ ...payload, election: election.id })
	}

	/** `text` null: kept as a picture. */
	acta(by: SeededKey, text: string | null, picture: string, change: object = {}): string {
		const { images, ...payload } = actaPayload(by.id)
		const reading = { method: text === null ? 'none' : 'qr', text, code: text?.split('!')[0] ?? null }
		const full = { ...images[0], sha256: digestOf(`all of ${picture}`) }
		const shown = { role: 'public', mediaType: 'image/jpeg', size: picture.length, sha256: digestOf(picture) }
		return this.#sign(by, 'entry', { ...payload, reading, images: [full, shown], ...change })
	}

	other(by: SeededKey, change: object): string {
		const { reading: _reading, images: _images, ...payload } = actaPayload(by.id)
		return this.#sign(by, 'entry', { ...payload, ...change })
	}

	answer(by: SeededKey, entry: string, picture: string, text: string): string {
		const to = { entry: idOf(entry), image: digestOf(picture) }
		return this.#sign(by, 'transcription', { ...transcriptionPayload(by.id), ...to, text })
	}

	rule(by: SeededKey, table: string, excludes: readonly string[]): string {
		return this.#sign(by, 'ruling', { ...rulingPayload(by.id), table, excludes: excludes.map(idOf) })
	}
}

/** Shown, and one that never came. */
export const pictures = ['picture one', 'picture two', 'picture three'] as const
const missing = 'picture that never came'

export interface Published {
	/** The first publication. */
	readonly first: Archive
	/** The second one. */
	readonly second: Archive
}

/** In production, with a witness. */
export async function publishedTwice(): Promise<Published> {
	const by = new Signed()
	const one = by.acta(device, '101.01.1!5,3,2!1!0', pictures[0])
	const two = by.acta(device, '101.02.1!7,7,0!0!2', missing)
	const first = [one, two, by.other(device, { kind: 'boot' })]
	// Nobody knows what hides in this one: its place alone is published.
	const poisoned = by.acta(otherDevice, '102.02.1!1,1,1!0!0', pictures[2], { who: 'María Pérez' })
	const same = by.acta(otherDevice, '101.01.1!5,3,2!1!0', pictures[1])
	const unread = by.acta(otherDevice, null, pictures[2])
	const unlisted = by.acta(device, '103.01.1!9,9,9!9!9', missing)
	const voids = by.other(device, { kind: 'void', voids: { seq: 4, id: idOf(unlisted) }, reason: 'test' })
	const second = [
		...[poisoned, same, unread, unlisted, voids],
		by.answer(station, unread, pictures[2], '102.01.1!2,4,0!0!0'),
		by.answer(otherStation, unread, pictures[2], '102.01.1!2,4,0!0!0'),
		by.rule(officer, '101.02', [two]),
		by.rule(otherOfficer, '101.02', [two]),
	]
	return inDirectory(async (home) => {
		const centre = new Centre(home)
		await centre.has(first, words([campaign(1)]))
		const before = await centre.publish('2024-07-29T12:00:00Z')
		await centre.has([...first, ...second], words([campaign(1)]), [signedHead()])
		const after = await centre.publish('2024-07-30T12:00:00Z')
		const site = textIn(before, 'site')
		return {
			first: changed(before, shown(pictures[0])),
			second: changed(after, { 'sites/0': site, ...shown(...pictures) }),
		}
	})
}

/** Sums do not name pictures: they may come later, as they do where it is decided that they are shown. */
function shown(...those: readonly string[]): Change {
	return Object.fromEntries(those.map((picture) => [picturePath(picture), picture]))
}

export function picturePath(picture: string): string {
	const digest = digestOf(picture)
	return `image/${digest.slice(0, 2)}/${digest}`
}

function signedHead(): string {
	return signed(device, headerOf('head', device.id), { ...headPayload(device.id), seq: 5 })
}

/** With an entry of `v` 1, which production does not publish. */
export async function publishedRehearsal(): Promise<Archive> {
	const by = new Signed()
	const old = { ...timeOfVersion1, software: 'testigo/0.1.0' }
	const entries = [
		by.acta(device, '101.01.1!5,3,2!1!0', pictures[0], old),
		by.acta(otherDevice, '101.01.1!5,3,1!1!0', pictures[1]),
	]
	return inDirectory(async (home) => {
		const centre = new Centre(home)
		await centre.has(entries, words([campaign(1, ofRehearsal)]))
		return centre.publish('2024-07-29T12:00:00Z')
	})
}

/** Before anything is published but the campaign. */
export async function publishedNothing(): Promise<Archive> {
	return inDirectory(async (home) => {
		const centre = new Centre(home)
		await centre.has([], words([campaign(1)]))
		return centre.publish('2024-07-01T12:00:00Z')
	})
}

class Centre {
	readonly #home: string

	constructor(home: string) {
		this.#home = home
	}

	#at(name: string): string {
		return join(this.#home, name)
	}

	async has(
		records: readonly string[],
		said: Readonly<Record<string, string>>,
		heads: readonly string[] = [],
	): Promise<void> {
		const stored = pictures.map((picture) => {
			const sha256 = digestOf(picture)
			return [`images/${sha256.slice(0, 2)}/${sha256}`, picture]
		})
		await writeFiles(
			{
				...said,
				'ledger.jws': lines(...records),
				'heads.jws': lines(...heads),
				...Object.fromEntries(stored),
			},
			this.#at('centre'),
		)
	}

	async publish(at: string): Promise<Archive> {
		const directory = this.#at('centre')
		const opened = await Publisher.open({
			directory,
			words: {
				directory,
				definitionPath: join(directory, 'election.json'),
				registerPath: join(directory, 'register.csv'),
			},
			archive: this.#at('archive'),
			keyFolder: await this.#keyFolder(),
			signer: log,
			ripeness: { ripeMs: 0, leastEntries: 1, leastDevices: 1, longestMs: 0 },
			nowMs: () => Date.parse(at),
			clockFault: async () => null,
		})
		gotten(await gotten(opened).publish())
		return withoutPages(await readArchive(this.#at('archive')))
	}

	async #keyFolder(): Promise<string> {
		const folder = this.#at('log')
		if ((await mkdir(folder, { recursive: true })) !== undefined)
			await writeFiles({ [lastCheckpointFile]: signCheckpoint({ size: 0, root: emptyRoot() }, log) }, folder)
		return folder
	}
}

/** Vectors are of the archive: its pages may be others in each version. One stands for all. The witness has signed. */
function withoutPages(archive: Archive): Archive {
	const pages = [...archive.keys()].filter((path) => /^(?:p|c|disputes|verify)\/|\.html$/.test(path))
	const page = '<!doctype html><title>One table</title><p>101.01'
	const files = {
		...Object.fromEntries(pages.map((path) => [path, null])),
		...{ 'index.html': '<!doctype html><title>The log</title>', 'p/101/01.html': page, 'c/101.html': page },
	}
	const size = textIn(archive, 'checkpoint').split('\n')[1]
	const checkpoint = cosigned(textIn(archive, 'checkpoint'))
	return signedAnew(changed(archive, { ...files, checkpoint, [`checkpoints/${size}`]: checkpoint }))
}

function writeFiles(files: Readonly<Record<string, string>>, folder: string): Promise<void> {
	return writeArchive(changed(new Map(), files), folder)
}

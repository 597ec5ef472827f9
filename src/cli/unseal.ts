import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Decrypter } from 'age-encryption'
import { Command } from 'commander'
import { keysIn, ledgerFile, verifiedEntries } from '../audit/verified-entries.ts'
import type { Entry, Image } from '../evidence/entry.ts'
import { entriesFile, imagesDirectory } from '../journal/journal.ts'
import { addressOf, makeFile } from '../platform/files/durable.ts'
import { printable } from '../platform/printable.ts'
import { sniffMediaType } from '../reading/media-type.ts'
import { readCustodian } from '../sealing/custodian-file.ts'
import { openSealed } from '../sealing/open-sealed.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { custodyNotTruth } from './proof-lines.ts'

interface Options {
	readonly identity: string
	readonly out: string
}

export function unsealCommand(): Command {
	return new Command('unseal')
		.description('open sealed images, for custodians: each is checked against the entry that names it')
		.argument('<path...>', 'directories of journals or of centres, or sealed files')
		.requiredOption('--identity <file>', "the custodian's private key")
		.requiredOption('--out <dir>', 'where the pictures go, plain; nothing there is overwritten')
		.action(run)
}

async function run(paths: string[], options: Options): Promise<void> {
	const custodian = await readCustodian(options.identity)
	if (!custodian.ok) {
		const status = custodian.fault.code === 'key-missing' ? exit.environmentFailed : exit.usedWrongly
		throw new CommandRefused(status, custodian.fault.detail)
	}
	await asOwnerOf(...paths, options.out)
	const places = await Promise.all(paths.map(placeOf))
	await mkdir(options.out, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
		throw new CommandRefused(exit.environmentFailed, `${options.out}: can't be made (${error.code})`)
	})
	const unsealing = new Unsealing(custodian.value, options.out)
	try {
		for (const { path, kind } of places) {
			if (kind === 'file') await unsealing.file(path)
			else await unsealing.directory(path, kind)
		}
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		throw new CommandRefused(exit.environmentFailed, message)
	}
	unsealing.summarise()
}

interface Place {
	readonly path: string
	readonly kind: 'journal' | 'ledger' | 'file'
}

async function placeOf(path: string): Promise<Place> {
	const found = await stat(path).catch((error: NodeJS.ErrnoException) => error)
	if (found instanceof Error) {
		throw new CommandRefused(exit.environmentFailed, `${path}: can't be read (${found.code})`)
	}
	if (!found.isDirectory()) return { path, kind: 'file' }
	const has = (name: string) =>
		stat(join(path, name)).then(
			() => true,
			() => false,
		)
	if (await has(entriesFile)) return { path, kind: 'journal' }
	if (await has(ledgerFile)) return { path, kind: 'ledger' }
	throw new CommandRefused(exit.usedWrongly, `${path}: holds neither ${entriesFile} nor ${ledgerFile}`)
}

const extensions = {
	'image/jpeg': 'jpg',
	'image/png': 'png',
	'image/webp': 'webp',
	'image/tiff': 'tif',
} as const

/** One run over all that was named: what was opened, and a line for each that was not. */
class Unsealing {
	readonly #custodian: Decrypter
	readonly #out: string
	readonly #count = { opened: 0, there: 0, failed: 0, plain: 0 }
	/** Two entries may name one file: a journal, and a ledger that holds it too. */
	readonly #done = new Set<string>()

	constructor(custodian: Decrypter, out: string) {
		this.#custodian = custodian
		this.#out = out
	}

	async directory(directory: string, kind: 'journal' | 'ledger'): Promise<void> {
		const keys = await keysIn(directory, kind)
		if (!keys.ok) return this.#report(directory, keys.fault.code, keys.fault.detail)
		const path = join(directory, kind === 'journal' ? entriesFile : ledgerFile)
		for await (const line of verifiedEntries(path, keys.value)) {
			if (!line.ok) {
				this.#report(`${path}, line ${line.fault.line}`, line.fault.code, line.fault.detail)
			} else if (line.value.entry.kind === 'acta') {
				const { entry } = line.value
				for (const image of entry.images) await this.#image(directory, entry, image)
			}
		}
	}

	/** A sealed file without the entry that names it: it can be opened and not checked. */
	async file(path: string): Promise<void> {
		const opened = await openSealed(path, this.#custodian)
		if (!opened.ok) return this.#report(path, opened.fault.code, opened.fault.detail)
		const mediaType = sniffMediaType(opened.value)
		if (!mediaType.ok) return this.#report(path, mediaType.fault.code, mediaType.fault.detail)
		const digest = createHash('sha256').update(opened.value).digest('hex')
		const name = `${digest}.${extensions[mediaType.value]}`
		await this.#write(path, name, opened.value)
		process.stdout.write(
			`${printable(basename(path), 200)}: opened as ${name}; no entry was at hand to check it against\n`,
		)
	}

	summarise(): void {
		const { opened, there, failed, plain } = this.#count
		process.stdout.write(
			`${opened} images opened, ${there} there already, ${failed} not opened, ${plain} that were never sealed.\n${custodyNotTruth}\n`,
		)
		process.exitCode = failed === 0 ? exit.done : exit.foundWrong
	}

	async #image(directory: string, entry: Entry, image: Image): Promise<void> {
		const { role, mediaType, size, sha256, sealed } = image
		if (sealed === undefined) {
			this.#count.plain++
			return
		}
		const seq = String(entry.seq).padStart(6, '0')
		const name = `${entry.device}-${seq}-${role}-${sha256.slice(0, 12)}.${extensions[mediaType]}`
		if (this.#done.has(`${name} ${sealed.sha256}`)) return
		const path = addressOf(join(directory, imagesDirectory), sealed.sha256)
		const opened = await openSealed(path, this.#custodian, { plain: { sha256, size }, sealed })
		if (!opened.ok) {
			this.#report(`entry ${entry.seq} of ${entry.device}, ${path}`, opened.fault.code, opened.fault.detail)
			return
		}
		this.#done.add(`${name} ${sealed.sha256}`)
		await this.#write(path, name, opened.value)
	}

	async #write(path: string, name: string, bytes: Uint8Array): Promise<void> {
		const target = join(this.#out, name)
		try {
			await makeFile(target, bytes, 0o600)
			this.#count.opened++
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException
			if (code !== 'EEXIST') {
				await rm(target, { force: true })
				throw error
			}
			const there = await readFile(target).catch(() => null)
			if (there?.equals(bytes)) this.#count.there++
			else this.#report(path, 'already-there', `${target} is there already with other bytes, and stays`)
		}
	}

	#report(where: string, code: string, detail: string): void {
		this.#count.failed++
		process.stdout.write(`NOT OPENED: ${printable(where, 300)}: ${code}: ${printable(detail, 300)}\n`)
	}
}

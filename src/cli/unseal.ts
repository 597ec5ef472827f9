import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { keysIn, ledgerFile, verifiedEntries } from '../audit/verified-entries.ts'
import type { Entry, Image } from '../evidence/entry.ts'
import { mostImages } from '../evidence/fields.ts'
import { entriesFile, imagesDirectory } from '../journal/journal.ts'
import { instant, systemClock } from '../platform/clock.ts'
import { addressOf, makeFile } from '../platform/files/durable.ts'
import { printable } from '../platform/printable.ts'
import { sniffMediaType } from '../reading/media-type.ts'
import { custodianOf, type OpenCustodian, readCustodian } from '../sealing/custodian-file.ts'
import { openBytes, openSealed, readSealed } from '../sealing/open-sealed.ts'
import { longestReason, mostImagesOfLine, UnsealingLog } from '../sealing/unsealing-log.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printLines } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { joinedShares } from './read-shares.ts'
import { lastLine } from './unsealings.ts'

interface Options {
	readonly identity?: string
	readonly share?: readonly string[]
	readonly out: string
	readonly log: string
	readonly who: string
	readonly reason: string
}

export function unsealCommand(): Command {
	return new Command('unseal')
		.description('open sealed images, for custodians: each is checked against the entry that names it')
		.argument('<path...>', 'directories of journals or of centres, or sealed files')
		.option('--identity <file>', "the custodian's private key, where it is in one piece")
		.option(
			'--share <file...>',
			'shares of a key: texts, pictures of their codes, "-"; without any they are typed',
		)
		.requiredOption('--out <dir>', 'where the pictures go, plain; nothing there is overwritten')
		.requiredOption(
			'--log <file>',
			'where a signed line says who opened which images, and why; only ever longer',
		)
		.requiredOption('--who <names>', 'all who take part', someWords)
		.requiredOption('--reason <text>', 'why these images are opened', someWords)
		.action(run)
}

function someWords(text: string): string {
	const words = text.trim()
	if (words !== '' && words.length <= longestReason) return words
	throw new InvalidArgumentError(`It must say something, in at most ${longestReason} characters.`)
}

interface Opener extends OpenCustodian {
	/** Null for a key in one piece. */
	readonly shares: readonly number[] | null
}

async function openerOf({ identity, share }: Options): Promise<Opener> {
	if (identity !== undefined && share !== undefined) {
		throw new CommandRefused(exit.usedWrongly, 'either a key in one piece (--identity), or shares')
	}
	if (identity === undefined) {
		const { key, numbers } = await joinedShares(share ?? [])
		return { ...(await custodianOf(key)), shares: numbers }
	}
	const custodian = await readCustodian(identity)
	if (custodian.ok) return { ...custodian.value, shares: null }
	const status = custodian.fault.code === 'key-missing' ? exit.environmentFailed : exit.usedWrongly
	throw new CommandRefused(status, custodian.fault.detail)
}

async function run(paths: string[], options: Options): Promise<void> {
	const { log: path, out, who, reason: why } = options
	// What only root can read comes first, and else what is wrong with the command line.
	const early = process.geteuid?.() === 0 ? await openerOf(options) : null
	await asOwnerOf(...paths, out, dirname(path))
	const places = await Promise.all(paths.map(placeOf))
	const { signer, recipient: custodian, shares, decrypter } = early ?? (await openerOf(options))
	await mkdir(out, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
		throw new CommandRefused(exit.environmentFailed, `${out}: can't be made (${error.code})`)
	})
	const reason = { custodian, shares: shares === null ? null : [...shares], who, why }
	const log = await UnsealingLog.open(path, signer, reason)
	if (!log.ok) {
		const { code, detail } = log.fault
		const status =
			code === 'log-unreadable' || code === 'unwritable' ? exit.environmentFailed : exit.foundWrong
		throw new CommandRefused(
			status,
			`${detail} (${code}): nothing was opened; keep this log, and name another`,
		)
	}
	const unsealing = new Unsealing(decrypter, log.value, out)
	try {
		for (const { path, kind } of places) {
			if (kind === 'file') await unsealing.file(path)
			else await unsealing.directory(path, kind)
		}
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException
		if (code === undefined) throw error
		throw new CommandRefused(exit.environmentFailed, message)
	} finally {
		await log.value.close()
	}
	unsealing.summarise()
	const { last } = log.value
	if (last === null) return
	printLines(`Into the minutes, since a log does not show that its end was cut off: ${lastLine(last, 'es')}`)
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

interface NamedImage {
	readonly entry: Entry
	readonly image: Image
}

/** One run over all that was named: what was opened, and a line for each that was not. */
class Unsealing {
	readonly #decrypter: OpenCustodian['decrypter']
	readonly #log: UnsealingLog
	readonly #out: string
	readonly #count = { opened: 0, there: 0, failed: 0, plain: 0 }
	/** Two entries may name one file: a journal, and a ledger that holds it too. */
	readonly #done = new Set<string>()

	constructor(decrypter: OpenCustodian['decrypter'], log: UnsealingLog, out: string) {
		this.#decrypter = decrypter
		this.#log = log
		this.#out = out
	}

	async directory(directory: string, kind: 'journal' | 'ledger'): Promise<void> {
		const keys = await keysIn(directory, kind)
		if (!keys.ok) return this.#report(directory, keys.fault.code, keys.fault.detail)
		const path = join(directory, kind === 'journal' ? entriesFile : ledgerFile)
		const named: NamedImage[] = []
		for await (const line of verifiedEntries(path, keys.value)) {
			if (!line.ok) {
				this.#report(`${path}, line ${line.fault.line}`, line.fault.code, line.fault.detail)
			} else if (line.value.entry.kind === 'acta') {
				const { entry } = line.value
				for (const image of entry.images) named.push({ entry, image })
				if (named.length >= mostImagesOfLine - mostImages) await this.#images(directory, named.splice(0))
			}
		}
		await this.#images(directory, named)
	}

	/** A sealed file without the entry that names it: it can be opened and not checked. */
	async file(path: string): Promise<void> {
		const sealed = await readSealed(path)
		if (!sealed.ok) return this.#report(path, sealed.fault.code, sealed.fault.detail)
		await this.#log.write([sealed.value.sha256], instant(systemClock.wall()))
		const opened = await openBytes(sealed.value.bytes, this.#decrypter)
		if (!opened.ok) return this.#report(path, opened.fault.code, opened.fault.detail)
		const mediaType = sniffMediaType(opened.value)
		if (!mediaType.ok) return this.#report(path, mediaType.fault.code, mediaType.fault.detail)
		const digest = createHash('sha256').update(opened.value).digest('hex')
		const name = `${digest}.${extensions[mediaType.value]}`
		await this.#write(path, name, opened.value)
		printLines(
			`${printable(basename(path), 200)}: opened as ${name}; no entry was at hand to check it against`,
		)
	}

	summarise(): void {
		const { opened, there, failed, plain } = this.#count
		printLines(
			`${opened} images opened, ${there} there already, ${failed} not opened, ${plain} that were never sealed.`,
			custodyNotTruth,
		)
		process.exitCode = failed === 0 ? exit.done : exit.foundWrong
	}

	/** First the line, then the images that it names. */
	async #images(directory: string, named: readonly NamedImage[]): Promise<void> {
		const sealed = new Set(named.flatMap(({ image }) => image.sealed?.sha256 ?? []))
		if (sealed.size > 0) await this.#log.write([...sealed], instant(systemClock.wall()))
		for (const { entry, image } of named) await this.#image(directory, entry, image)
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
		const opened = await openSealed(path, this.#decrypter, { plain: { sha256, size }, sealed })
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
		printLines(`NOT OPENED: ${printable(where, 300)}: ${code}: ${printable(detail, 300)}`)
	}
}

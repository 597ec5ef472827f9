/**
 * A kiosk scans, is taken away, and every byte of its storage is looked through: what is in files, and as root the
 * whole disk, with what was deleted.
 *
 * What is looked for: marks of pictures, blocks of the very pictures that were scanned, names of invented people
 * that the scanner wrote into picture and file name, the text of the QR code, private keys. What a name or a text
 * printed on the paper would look like in bytes is a picture; so they are put beside it, as a scanner's remarks in
 * Exif, where a search can see them. What the entry says is public by design and is not looked for: its text
 * stands in the journal as base64url, and nowhere else.
 *
 * What is left out: the directory of the kiosk's keys and the scanner's folder, which lie in memory, as systemd's
 * credentials and tmpfs do. A key file on the disk would be found (the control shows that it is).
 */
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { formatPayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { ActaPrinter } from '#src/simulator/acta-printer.js'
import { actaOf, sampleResults } from '#src/simulator/figures/tables.js'
import { Random } from '#src/simulator/random.js'
import { Mount, withoutMounts } from '../../support/mounts.ts'
import { testigo } from '../../support/processes.ts'
import { unsealingAt } from '../../support/unsealing.ts'
import { openedByDevice } from './opened.ts'
import { SeizedKiosk } from './seized-kiosk.ts'
import { type Found, filesUnder, imageMarks, keyIn, marksOfKeys, search, wordsOf } from './traces.ts'

export interface SeizureReport {
	/** What lay before the raid: the whole disk, or only its files where nothing can be mounted. */
	readonly searched: 'disk' | 'files'
	readonly inFiles: Found
	readonly onDisk: Found | null
	readonly sealedFiles: number
	/** Of those, opened with anything made of the device's keys, out of so many tries. */
	readonly openedByDevice: number
	readonly tries: number
	/** Opened by the custodian, byte for byte what was scanned. */
	readonly openedByCustodian: number
	/** Exit status of `testigo verify`. */
	readonly verified: number | null
}

export interface SeizureOrder {
	/** Empty, and on a disk. */
	readonly directory: string
	readonly scans: number
	readonly seed: string
	/** False for the control: images as they come, and the key on the disk. */
	readonly sealed: boolean
	readonly say: (what: string) => void
	/** Told what must be done when the run is left in the middle. */
	readonly atEnd?: (work: () => Promise<void>) => void
}

interface Scan {
	readonly name: string
	readonly text: string
	readonly picture: Buffer
}

export async function runSeizure({
	directory,
	scans,
	seed,
	sealed,
	say,
	atEnd,
}: SeizureOrder): Promise<SeizureReport> {
	const storage = join(directory, 'storage')
	const image = join(directory, 'disk.img')
	const disk = withoutMounts === null ? Mount.ext4(storage, image, 48 + 2 * scans) : null
	if (disk === null) mkdirSync(storage)
	const memory = await mkdtemp('/dev/shm/testigo-seizure-')
	const custodianFile = join(directory, 'custodian.key')
	const { out } = await testigo('custodian', 'new', '--out', custodianFile)
	const custodian = out.trim()
	const kiosk = new SeizedKiosk({ storage, memory, custodian: sealed ? custodian : null })
	const clear = async () => {
		await kiosk.stop()
		disk?.clear()
		await rm(memory, { recursive: true, force: true })
	}
	atEnd?.(clear)
	try {
		await kiosk.start()
		const laid: Scan[] = []
		for await (const scan of papers(scans, seed)) {
			await kiosk.scan(scan.picture, scan.name)
			laid.push(scan)
			say(`${laid.length} of ${scans} scanned`)
		}
		await kiosk.stop()

		const { status: verified } = await testigo('verify', kiosk.journal)
		const tls = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
		writeFileSync(join(memory, 'tls.pem'), tls.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
		const keys = [keyIn(join(kiosk.identity, 'key.pem')), keyIn(join(memory, 'tls.pem'))]
		const files = [...filesUnder(join(kiosk.journal, 'images'))].filter(isAge)
		const device = await openedByDevice(files, keys, [custodian])
		const opened = await openedByCustodian(kiosk.journal, custodianFile, directory, laid)

		const traces = [
			...imageMarks,
			...wordsOf(
				'person',
				laid.map(({ name }) => name),
			),
			...wordsOf(
				'text',
				laid.map(({ text }) => text),
			),
			...marksOfKeys(keys),
		]
		const pictures = laid.map(({ picture }) => picture)
		const inFiles = search(filesUnder(storage), traces, pictures)
		await disk?.unmount()
		const onDisk = disk === null ? null : search([readFileSync(image)], traces, pictures)
		return {
			searched: disk === null ? 'files' : 'disk',
			...{ inFiles, onDisk, verified, sealedFiles: files.length },
			...{ openedByDevice: device.opened, tries: device.tries, openedByCustodian: opened },
		}
	} finally {
		await clear()
	}
}

/** Photographs of different tables, with a scanner's remarks in them. */
async function* papers(count: number, seed: string): AsyncGenerator<Scan> {
	const rows = new Random(`${seed}/tables`).shuffled(await sampleResults(presidential2024)).slice(0, count)
	const printer = new ActaPrinter(presidential2024)
	try {
		await printer.start()
		for (const [index, row] of rows.entries()) {
			const acta = actaOf(row, presidential2024)
			const paper = { acta, place: row.place, seed: `${seed}/${index}` }
			const order = { paper, severity: 0, megapixels: 3, seed: `${seed}/${index}` } as const
			const { jpeg } = await printer.print(order)
			const name = `NOMBRE DE MUESTRA ${index + 1000}`
			const text = formatPayload(acta)
			const picture = await sharp(jpeg)
				.withExif({ IFD0: { Artist: name, ImageDescription: text } })
				.jpeg({ quality: 90 })
				.toBuffer()
			yield { name, text, picture }
		}
	} finally {
		await printer.stop()
	}
}

function isAge(bytes: Buffer): boolean {
	return bytes.toString('latin1', 0, 22) === 'age-encryption.org/v1\n'
}

async function openedByCustodian(
	journal: string,
	identity: string,
	directory: string,
	laid: readonly Scan[],
): Promise<number> {
	const out = join(directory, 'opened')
	await testigo('unseal', journal, '--identity', identity, '--out', out, ...unsealingAt(directory))
	const opened = readdirSync(out).map((name) => readFileSync(join(out, name)))
	return laid.filter(({ picture }) => opened.some((bytes) => bytes.equals(picture))).length
}

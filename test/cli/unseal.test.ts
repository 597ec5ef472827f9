import { createHash, randomBytes } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Encrypter } from 'age-encryption'
import { expect, onTestFinished, test } from 'vitest'
import { Journal } from '#src/journal/journal.js'
import { SealedImageStorage } from '#src/kiosk/recording/image-storage.js'
import { makeCustodian } from '#src/sealing/custodian-file.js'
import { Sealer } from '#src/sealing/sealer.js'
import { JournalMaker } from '../support/journal-maker.ts'
import { testigo } from '../support/processes.ts'
import { gotten } from '../support/result.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { makeSigner } from '../support/test-identity.ts'
import { testRecorder } from '../support/test-recorder.ts'
import { unsealingAt } from '../support/unsealing.ts'

const device = 'k-unseal0000'
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
/** What begins as a JPEG does. */
const picture = () => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(70_000)])

/** A custodian, made by the command, and the journal of a kiosk that sealed pictures to it. */
async function recorded(pictures: readonly Buffer[]) {
	const home = await temporaryFolder()
	const key = join(home, 'custodian.key')
	const made = gotten(await makeCustodian(key, 0))
	const sealer = new Sealer([made])
	onTestFinished(() => sealer.stop())
	await sealer.start()
	const signer = makeSigner(device)
	const directory = join(home, 'journal')
	const journal = gotten(await Journal.open(directory, { id: signer.kid, publicKey: signer.publicKey }))
	const images = () => journal.images
	const imageStorage = new SealedImageStorage({ images, sealer, publicCrop: {}, onTrouble: () => {} })
	const recorder = testRecorder({ journal, imageStorage, signer })
	await recorder.recordBoot()
	for (const bytes of pictures) {
		expect(await recorder.record([{ role: 'full', bytes, origin: 'x' }], null)).toMatchObject({ ok: true })
	}
	await journal.close()
	const sealed: string[] = []
	for await (const name of journal.images.list()) sealed.push(journal.images.path(name))
	return { home, directory, key, sealed, out: join(home, 'out') }
}

const nameOf = (seq: number, bytes: Uint8Array) =>
	`${device}-${String(seq).padStart(6, '0')}-full-${digest(bytes).slice(0, 12)}.jpg`

test('a custodian gets the pictures of a journal back, only for himself, and twice is no harm', async () => {
	const pictures = [picture(), picture()]
	const { home, directory, key, out } = await recorded(pictures)
	expect((await stat(key)).mode & 0o777).toBe(0o600)
	const first = await testigo('unseal', directory, '--identity', key, '--out', out, ...unsealingAt(home))
	expect(first).toMatchObject({ status: 0, err: '' })
	expect(first.out).toContain('2 images opened, 0 there already, 0 not opened')
	expect((await readdir(out)).sort()).toEqual(pictures.map((bytes, index) => nameOf(index + 2, bytes)).sort())
	for (const [index, bytes] of pictures.entries()) {
		const path = join(out, nameOf(index + 2, bytes))
		expect((await readFile(path)).equals(bytes)).toBe(true)
		expect((await stat(path)).mode & 0o777).toBe(0o600)
	}
	const again = await testigo('unseal', directory, '--identity', key, '--out', out, ...unsealingAt(home))
	expect(again).toMatchObject({ status: 0, out: expect.stringContaining('0 images opened, 2 there already') })
})

test('each that fails has its line, and the others are opened', async () => {
	const pictures = [picture(), picture(), picture()]
	const { home, directory, key, out, sealed } = await recorded(pictures)
	const [gone = '', altered = ''] = sealed
	await rm(gone)
	const bytes = await readFile(altered)
	bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
	await writeFile(altered, bytes)
	const run = await testigo('unseal', directory, '--identity', key, '--out', out, ...unsealingAt(home))
	expect(run.status).toBe(1)
	expect(run.out).toMatch(/^NOT OPENED: entry \d of k-unseal0000, .*: image-missing: /m)
	expect(run.out).toMatch(/^NOT OPENED: entry \d of k-unseal0000, .*: image-altered: /m)
	expect(run.out).toContain('1 images opened, 0 there already, 2 not opened')
	expect(await readdir(out)).toHaveLength(1)
})

test('another custodian opens nothing', async () => {
	const { home, directory, out } = await recorded([picture()])
	const other = join(home, 'other.key')
	const made = await testigo('custodian', 'new', '--out', other)
	expect(made).toMatchObject({ status: 0, out: expect.stringMatching(/^age1[0-9a-z]{58}\n$/) })
	const run = await testigo('unseal', directory, '--identity', other, '--out', out, ...unsealingAt(home))
	expect(run).toMatchObject({ status: 1, out: expect.stringContaining(': other-custodian: ') })
	expect(await readdir(out)).toEqual([])
})

test('a file that stands where a picture goes is never overwritten', async () => {
	const bytes = picture()
	const { home, directory, key, out } = await recorded([bytes])
	await mkdir(out)
	const target = join(out, nameOf(2, bytes))
	await writeFile(target, 'mine')
	const run = await testigo('unseal', directory, '--identity', key, '--out', out, ...unsealingAt(home))
	expect(run).toMatchObject({ status: 1, out: expect.stringContaining(': already-there: ') })
	expect(await readFile(target, 'utf8')).toBe('mine')
})

test('what was sealed under the digest of something else is not written', async () => {
	const { home, directory, key, out } = await recorded([picture()])
	// A device that lies: a well signed entry whose plain digest is not that of what it sealed.
	const signer = makeSigner('k-liar000000')
	const liar = new JournalMaker(join(home, 'liar'), signer)
	const encrypter = new Encrypter()
	encrypter.addRecipient(/age1\S+/.exec(await readFile(key, 'utf8'))?.[0] ?? '')
	const sealed = await encrypter.encrypt(picture())
	const said = { role: 'full', mediaType: 'image/jpeg', size: 70_004, sha256: 'a'.repeat(64) }
	liar.append(
		await liar.next({
			kind: 'acta',
			reading: { method: 'none', text: null, code: null },
			images: [{ ...said, sealed: { format: 'age-v1', size: sealed.length, sha256: liar.image(sealed) } }],
		}),
	)
	const run = await testigo(
		'unseal',
		liar.directory,
		directory,
		'--identity',
		key,
		'--out',
		out,
		...unsealingAt(home),
	)
	expect(run).toMatchObject({ status: 1, out: expect.stringContaining(': other-picture: ') })
	expect(run.out).toContain('1 images opened, 0 there already, 1 not opened')
	expect((await readdir(out)).some((name) => name.startsWith('k-liar'))).toBe(false)
})

test('a ledger: devices that it has no key of are told, pictures of the others opened', async () => {
	const { home, directory, key, out } = await recorded([picture()])
	const ledger = join(home, 'central')
	await mkdir(join(ledger, 'devices'), { recursive: true })
	await cp(join(directory, 'images'), join(ledger, 'images'), { recursive: true })
	await cp(join(directory, 'entries.jws'), join(ledger, 'ledger.jws'))
	const unknown = await testigo('unseal', ledger, '--identity', key, '--out', out, ...unsealingAt(home))
	expect(unknown).toMatchObject({ status: 1, out: expect.stringContaining(': unknown-device: ') })
	await cp(join(directory, 'device.pem'), join(ledger, 'devices', `${device}.pem`))
	const known = await testigo('unseal', ledger, '--identity', key, '--out', out, ...unsealingAt(home))
	expect(known).toMatchObject({ status: 0, out: expect.stringContaining('1 images opened') })
})

test('a lone file is opened, and that nothing vouches for it is said', async () => {
	const bytes = picture()
	const { home, key, out, sealed } = await recorded([bytes])
	const lone = join(home, 'from-a-stick.age')
	await rename(sealed[0] ?? '', lone)
	const run = await testigo('unseal', lone, '--identity', key, '--out', out, ...unsealingAt(home))
	expect(run).toMatchObject({ status: 0, out: expect.stringContaining('no entry was at hand') })
	expect((await readFile(join(out, `${digest(bytes)}.jpg`))).equals(bytes)).toBe(true)
	await writeFile(lone, 'text')
	const text = await testigo('unseal', lone, '--identity', key, '--out', out, ...unsealingAt(home))
	expect(text).toMatchObject({ status: 1, out: expect.stringContaining(': not-age: ') })
})

test('keys that are none, are everybody’s or are there already: one line each', async () => {
	const { home, directory, key, out } = await recorded([])
	const unseal = (identity: string) =>
		testigo('unseal', directory, '--identity', identity, '--out', out, ...unsealingAt(home))
	const secret = await readFile(key, 'utf8')
	await writeFile(join(home, 'open.key'), secret, { mode: 0o644 })
	expect(await unseal(join(home, 'open.key'))).toMatchObject({
		status: 2,
		err: expect.stringMatching(/^testigo: .*chmod 600.*\n$/),
	})
	const broken = secret.replace(/.\n$/, (last) => (last === 'Q\n' ? 'P\n' : 'Q\n'))
	await writeFile(join(home, 'broken.key'), broken, { mode: 0o600 })
	const refused = await unseal(join(home, 'broken.key'))
	expect(refused).toMatchObject({ status: 2, err: expect.stringMatching(/^testigo: .*line 4.*\n$/) })
	expect(refused.err).not.toContain(secret.slice(-40, -2))
	expect(await unseal(join(home, 'nowhere.key'))).toMatchObject({ status: 3 })
	const again = await testigo('custodian', 'new', '--out', key)
	expect(again).toMatchObject({ status: 2, out: '' })
	expect(await readFile(key, 'utf8')).toBe(secret)
})

/** A key in shares, from its making to the pictures, by the command as it ships. */
import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { execute, testigo, testigoCommand } from '../support/processes.ts'
import { withoutSocat } from '../support/serial-cable.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { unsealingAt } from '../support/unsealing.ts'
import kept from '../vectors/custodian-shares.json' with { type: 'json' }

const jpeg = Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(4_000, 7)])

/** A file sealed to a key that was made in shares; where each of them is. */
async function sealed() {
	const home = await temporaryFolder()
	const folders = [1, 2, 3].map((number) => join(home, `stick-${number}`))
	const made = await testigo('custodian', 'new', '--split', '2/3', '--out', ...folders)
	expect(made).toMatchObject({ status: 0, out: expect.stringMatching(/^age1[0-9a-z]{58} 2\/3\n$/) })
	const { Encrypter } = await import('age-encryption')
	const encrypter = new Encrypter()
	encrypter.addRecipient(made.out.split(' ', 1)[0] ?? '')
	const file = join(home, 'sealed.age')
	await writeFile(file, await encrypter.encrypt(jpeg))
	const share = (number: number, ending = 'txt') => join(home, `stick-${number}`, `share-${number}.${ending}`)
	const unseal = (...how: readonly string[]) =>
		testigo('unseal', file, '--out', join(home, 'out'), ...unsealingAt(home), ...how)
	return { home, folders, made, file, share, unseal }
}

test('two shares open, as texts or pictures of their codes; one does not; each unsealing is in the log', async () => {
	const { home, folders, share, unseal } = await sealed()
	for (const [index, folder] of folders.entries()) {
		expect(await readdir(folder)).toEqual([`share-${index + 1}.png`, `share-${index + 1}.txt`])
		expect((await stat(share(index + 1))).mode & 0o777).toBe(0o600)
	}
	const alone = await unseal('--share', share(1))
	expect(alone).toMatchObject({ status: 2, out: '', err: expect.stringContaining('(too-few-shares)') })
	expect(await unseal('--share', share(2), share(2, 'png'))).toMatchObject({
		status: 2,
		err: expect.stringContaining('(share-twice)'),
	})
	await expect(stat(join(home, 'unsealings.jws'))).rejects.toThrow('ENOENT')
	expect(await unseal('--share', share(1), share(3))).toMatchObject({
		status: 0,
		out: expect.stringContaining('1 images opened'),
	})
	const again = await unseal('--share', share(3, 'png'), share(2, 'png'))
	expect(again).toMatchObject({ status: 0, err: '', out: expect.stringContaining('1 there already') })
	const log = await testigo('custodian', 'log', join(home, 'unsealings.jws'))
	expect(log).toMatchObject({ status: 0, err: '' })
	expect(log.out).toMatch(
		/^1\. .*, 1 images, Ana, Luis: a test\n.*shares 1, 3; signed by u-[0-9a-f]{20}\n2\. .*\n.*shares 3, 2; /,
	)
	const words = /line 2: .*\n$/.exec(again.out)?.[0]
	expect(words).toBeDefined()
	expect(log.out.endsWith(words ?? 'nothing')).toBe(true)
})

test('shares come from another program by standard input', async () => {
	const { home, file, share } = await sealed()
	const unseal = testigoCommand('unseal', file, '--out', join(home, 'out'), '--share', '-')
	const reason = ['--log', join(home, 'unsealings.jws'), '--who', 'Ana', '--reason', 'test']
	const piped = `cat ${share(2)} ${share(3)} | ${[...unseal, ...reason].join(' ')}`
	const { stdout } = await execute('sh', ['-c', piped])
	expect(stdout).toContain('1 images opened')
})

test('nothing is made where a share stands already, and then no key is told', async () => {
	const { folders } = await sealed()
	const again = await testigo('custodian', 'new', '--split', '2/3', '--out', ...folders)
	expect(again).toMatchObject({ status: 2, out: '', err: expect.stringContaining('is there already') })
	expect(await testigo('custodian', 'new', '--split', '2/3')).toMatchObject({ status: 2, out: '' })
	expect(await testigo('custodian', 'new', '--split', '3/3', '--out', 'x')).toMatchObject({
		status: 2,
		out: '',
	})
})

const noReason = ['--out', 'out', '--log', 'log.jws', '--who', 'Ana']

test('without a reason, or who, or a log nothing is opened', async () => {
	for (const words of [
		noReason,
		[...noReason, '--reason', ' '],
		['--out', 'o', '--who', 'A', '--reason', 'b'],
	]) {
		expect(await testigo('unseal', '/nowhere', '--identity', '/nowhere', ...words)).toMatchObject({
			status: 2,
			out: '',
		})
	}
})

test('where the line can not be written, nothing is opened', async () => {
	const { home, share, unseal } = await sealed()
	await mkdir(join(home, 'unsealings.jws'))
	const refused = await unseal('--share', share(1), share(2))
	expect(refused).toMatchObject({ status: 3, out: '' })
	expect(await readdir(join(home, 'out'))).toEqual([])
})

test('a log that was altered is told by its line, and not written on', async () => {
	const { home, share, unseal } = await sealed()
	const path = join(home, 'unsealings.jws')
	for (let times = 0; times < 3; times++) await unseal('--share', share(1), share(2))
	const lines = (await readFile(path, 'latin1')).split('\n')
	await writeFile(path, lines.toSpliced(1, 1).join('\n'))
	const log = await testigo('custodian', 'log', path)
	expect(log).toMatchObject({
		status: 1,
		err: expect.stringMatching(/line 2: number 3 stands where 2 should/),
	})
	expect(await unseal('--share', share(1), share(2))).toMatchObject({
		status: 1,
		out: '',
		err: expect.stringContaining('(wrong-seq)'),
	})
	await writeFile(path, lines.with(2, (lines[2] ?? '').replace(/.{4}$/, 'AAAA')).join('\n'))
	expect((await testigo('custodian', 'log', path)).status).toBe(1)
})

test.skipIf(withoutSocat !== null)(`shares are typed at a terminal ${withoutSocat ?? ''}`, async () => {
	const home = await temporaryFolder()
	const file = join(home, 'sealed.age')
	await writeFile(file, Buffer.from(kept.sealed, 'base64'))
	const command = testigoCommand(
		'unseal',
		file,
		'--out',
		join(home, 'out'),
		...unsealingAt(home).slice(0, 2),
		'--who',
		'Ana',
		'--reason',
		'test',
	)
	const typed = spawn('socat', ['-t60', '-', `EXEC:${command.join(' ')},pty,setsid,ctty,stderr,echo=0`])
	const rows = [kept.shares[2], kept.shares[1]].flatMap((share) => share?.split('\n') ?? [])
	const [first = ''] = rows
	typed.stdin.write([first.replace('aries', 'ariez'), ...rows, ''].join('\n'))
	const said = await text(typed.stdout)
	expect(said).toMatch(/word 1, "ariez", is in no list of words; is it "aries"\?/)
	expect(said).toMatch(/share 3 of set .* is whole/)
	// It opens, and what was sealed is no picture.
	expect(said).toContain('not-an-image')
	const log = await testigo('custodian', 'log', join(home, 'unsealings.jws'), '--json')
	expect(JSON.parse(log.out)).toMatchObject({ by: kept.signs, shares: [3, 2], who: 'Ana', why: 'test' })
})

import { readFileSync } from 'node:fs'
import { chmod, chown, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BoardConfig } from '#src/board/config.js'
import { inspectBoard } from '#src/doctor/board.js'
import { openAsCentre } from '#src/doctor/centre-records.js'
import { systemClock } from '#src/platform/clock.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import { startServer } from '../platform/http/test-server.ts'
import { CentreMaker } from '../support/centre-maker.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const postinst = new URL('../../provisioning/package/debian/postinst', import.meta.url)

async function codesOf(config: Result<BoardConfig>, group: number | null = null): Promise<string[]> {
	return (await inspectBoard(config, group, systemClock)).map(({ verdict, code }) => `${verdict} ${code}`)
}

/** A centre that its group may read, and a board that answers. */
async function aCentre() {
	const centre = new CentreMaker(await temporaryFolder())
	const { directory } = centre
	centre.register([{}])
	await chmod(directory, 0o750)
	const { port } = await startServer()
	const config = (more: object = {}) => ok(BoardConfig.parse({ directory, listen: { port, ...more } }))
	return { directory, config, path: (name: string) => join(directory, name) }
}

/** As the centre's user has it, whoever runs this. */
async function ofAnother(path: string): Promise<void> {
	if (process.geteuid?.() === 0) await chown(path, 12_345, (await stat(path)).gid)
}

test('a board is there, may read what the centre keeps, and has the files that it names', async () => {
	const { directory, config, path } = await aCentre()
	expect(await codesOf(config())).toEqual(['ok ok'])
	expect(await codesOf(config({ port: 1 }))).toEqual(['warn not-there'])
	expect(await codesOf(config({ passPhrase: path('none.json') }))).toEqual(['wrong no-pass-phrase'])
	await chmod(path('ledger.jws'), 0o600)
	await ofAnother(path('ledger.jws'))
	const [finding] = await inspectBoard(config(), null, systemClock)
	expect(finding).toMatchObject({ verdict: 'wrong', code: 'closed', todo: { en: openAsCentre(directory) } })
	expect(finding?.what.en).toContain('ledger.jws')
	expect(await codesOf(fail('invalid', 'board.json: listen.port: too big'))).toEqual(['wrong invalid'])
})

test.each(['register.csv', 'authority.pem', 'devices', 'devices/k-aaaaaaaaaaaaaaaa.pem', 'ledger.json'])(
	'%s is the board’s to read too',
	async (name) => {
		const { config, path } = await aCentre()
		await mkdir(path(name), { recursive: true }).catch(() => {})
		expect(await codesOf(config())).toEqual(['ok ok'])
		await chmod(path(name), 0o700)
		const [finding] = await inspectBoard(config(), null, systemClock)
		expect([finding?.code, finding?.what.en]).toEqual(['closed', `its group can't read ${path(name)}`])
	},
)

test('what is of another group is not open by its group’s right', async () => {
	const { directory, config, path } = await aCentre()
	const { gid } = await stat(directory)
	expect(await codesOf(config(), gid)).toEqual(['ok ok'])
	expect(await codesOf(config(), gid + 1)).toEqual(['wrong closed'])
	// Open to everybody: `sudo install -m 644`.
	await chmod(directory, 0o755)
	expect(await codesOf(config(), gid + 1)).toEqual(['ok ok'])
	await chmod(path('register.csv'), 0o640)
	expect(await codesOf(config(), gid + 1)).toEqual(['wrong closed'])
})

test('says the command of an upgrade, which follows no link as root, and leaves closed where a centre is spoken to', () => {
	const script = readFileSync(postinst, 'utf8')
		.replaceAll(/\\\n\s*/g, '')
		.replaceAll('"', '')
	const [, command = ''] = /^\s*(setpriv .* find \$central .*)$/m.exec(script) ?? []
	expect(openAsCentre('/var/lib/testigo/central')).toBe(
		`sudo env -C / ${command.replaceAll('$central', '/var/lib/testigo/central')}`,
	)
	expect(command).toContain('/import -prune')
})

import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BoardConfig } from '#src/board/config.js'
import { inspectBoard } from '#src/doctor/board.js'
import { systemClock } from '#src/platform/clock.js'
import { fail, ok, type Result } from '#src/platform/result.js'
import { startServer } from '../platform/http/test-server.ts'
import { CentreMaker } from '../support/centre-maker.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

async function codesOf(config: Result<BoardConfig>): Promise<string[]> {
	return (await inspectBoard(config, systemClock)).map(({ verdict, code }) => `${verdict} ${code}`)
}

test('a board is there, may read what the centre keeps, and has the files that it names', async () => {
	const { directory } = new CentreMaker(await temporaryFolder())
	await chmod(directory, 0o750)
	const { port } = await startServer()
	const config = (more: object = {}) => ok(BoardConfig.parse({ directory, listen: { port, ...more } }))
	expect(await codesOf(config())).toEqual(['ok ok'])
	expect(await codesOf(config({ port: 1 }))).toEqual(['warn not-there'])
	expect(await codesOf(config({ passPhrase: join(directory, 'none.json') }))).toEqual([
		'wrong no-pass-phrase',
	])
	await chmod(join(directory, 'ledger.jws'), 0o600)
	const [finding] = await inspectBoard(config(), systemClock)
	expect(finding).toMatchObject({ verdict: 'wrong', code: 'closed' })
	expect(finding?.what.en).toContain('ledger.jws')
	expect(await codesOf(fail('invalid', 'board.json: listen.port: too big'))).toEqual(['wrong invalid'])
})

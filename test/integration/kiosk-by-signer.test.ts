/** The same recording, signed with a key file, with a key in SoftHSM and with one in a TPM, as anybody verifies it. */
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { journalSummary } from '#src/journal/journal-summary.js'
import { inDirectory } from '../support/in-directory.ts'
import { testigo } from '../support/processes.ts'
import { Stations } from '../support/stations.ts'
import { type TokenKind, tokenKinds } from '../support/tokens.ts'

const end = { timeout: 100_000, interval: 100 }

const keyFile: TokenKind | { readonly name: string; readonly without: null } = {
	name: 'a key file',
	without: null,
}

describe.concurrent.each([keyFile, ...tokenKinds])('$name', (kind) => {
	test.skipIf(kind.without !== null)(
		`signs what a kiosk records ${kind.without ?? ''}`,
		{ timeout: 240_000 },
		() =>
			inDirectory(async (directory) => {
				await mkdir(join(directory, 'token'))
				const token = 'make' in kind ? await kind.make(join(directory, 'token')) : null
				const stations = new Stations(directory)
				const identity = join(directory, 'device')
				const flags =
					token === null
						? []
						: [
								...['--pkcs11-module', token.key.module, '--token', token.key.token],
								...['--pin-file', token.key.pinFile],
							]
				try {
					await stations.enrol(...flags)
					await stations.start('kiosk')
					await stations.layActas(3)
					await vi.waitUntil(async () => (await journalSummary(stations.journal))?.actas === 3, end)
					// The next start signs too, and goes on where this one was.
					await stations.kill('kiosk')
					await token?.flush()
					await stations.start('kiosk')
					await vi.waitUntil(async () => (await journalSummary(stations.journal))?.entries === 5, end)
				} finally {
					await stations.stop()
					await token?.end()
				}
				const verified = await testigo('verify', stations.journal, '--json')
				expect(verified.status).toBe(0)
				const { id } = JSON.parse(await readFile(join(identity, 'identity.json'), 'utf8'))
				expect(JSON.parse(verified.out)).toMatchObject({ device: id, entries: 5 })
				// A key in a token is nowhere else; the other one is for connections.
				const files = (await readdir(identity)).filter((name) => name !== 'tls-key.pem')
				const texts = await Promise.all(files.map((file) => readFile(join(identity, file), 'utf8')))
				expect(texts.some((text) => text.includes('PRIVATE KEY'))).toBe(token === null)
				expect(stations.log('kiosk')).not.toContain('4711-0815')
			}),
	)
})

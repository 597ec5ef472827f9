/** `testigo board` as it ships: where it may listen, and whom it lets in there. */
import { execFile } from 'node:child_process'
import { stat, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CentreMaker } from '../support/centre-maker.ts'
import { Certificates, withoutOpenssl } from '../support/certificates.ts'
import { actaText } from '../support/journal-maker.ts'
import { RunningProcess, testigo, testigoCommand } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const phrase = 'cuatro palabras de más'

/** Types a pass phrase into the command. */
async function keep(typed: string, out: string): Promise<{ status: number; err: string }> {
	const [program = '', ...words] = testigoCommand('board', 'pass-phrase', '--out', out)
	return await new Promise((resolve) => {
		const child = execFile(program, words, (error, _out, err) =>
			resolve({ status: error === null ? 0 : Number(error.code), err }),
		)
		child.stdin?.end(`${typed}\n`)
	})
}

async function configured(listen: object): Promise<string[]> {
	const folder = await temporaryFolder()
	const centre = new CentreMaker(join(folder, 'central'))
	await centre.acta('k-aaaaaaaaaaaaaaaa', actaText(0))
	const config = join(folder, 'board.json')
	await writeFile(config, JSON.stringify({ directory: centre.directory, listen }))
	return ['board', '--config', config]
}

describe('testigo board', () => {
	it('does not start where others reach it without TLS, pass phrase and name', async () => {
		const { status, out, err } = await testigo(...(await configured({ address: '0.0.0.0' })))
		expect([status, out]).toEqual([2, ''])
		expect(err).toContain('is reached from elsewhere: it takes tls, passPhrase and names')
	})

	it('says in one line which file of these is not right', async () => {
		const listen = { passPhrase: '/nowhere/pass-phrase.json' }
		const { status, err } = await testigo(...(await configured(listen)))
		expect([status, err.trimEnd().split('\n')]).toEqual([
			2,
			[expect.stringContaining('/nowhere/pass-phrase.json')],
		])
	})

	it.skipIf(withoutOpenssl !== null)(
		`lets in over TLS who knows the phrase, and ends as asked${withoutOpenssl === null ? '' : `: ${withoutOpenssl}`}`,
		async () => {
			const folder = await temporaryFolder()
			const certificates = new Certificates(folder)
			const day = 86_400_000
			certificates.make('board', { from: Date.now() - day, to: Date.now() + day, names: 'DNS:board.example' })
			const passPhrase = join(folder, 'pass-phrase.json')
			expect((await keep(phrase, passPhrase)).status).toBe(0)
			expect((await stat(passPhrase)).mode & 0o777).toBe(0o600)
			const again = { status: 3, err: expect.stringContaining('there is one already') }
			expect(await keep(phrase, passPhrase)).toMatchObject(again)
			const tls = { certificate: certificates.path('board.pem'), key: certificates.path('board.key') }
			const words = await configured({ port: 0, names: ['board.example'], passPhrase, tls })
			let address = ''
			const board = RunningProcess.testigo(words, {
				hear(line) {
					address ||= /"address":"([^"]+)"/.exec(line)?.[1] ?? ''
				},
			})
			onTestFinished(() => board.stop('SIGKILL'))
			await board.until(() => address !== '')
			expect(address).toMatch(/^https:\/\/board\.example:\d+$/)
			const { port, host } = new URL(address)
			const ask = (path: string, headers: Record<string, string> = {}, body = '') =>
				new Promise<{ status: number; cookie: string; text: string }>((resolve, reject) => {
					const options = { host: '127.0.0.1', port, path, rejectUnauthorized: false }
					const method = body === '' ? 'GET' : 'POST'
					const asked = request({ ...options, method, headers: { host, ...headers } }, (answer) => {
						let text = ''
						answer.on('data', (piece) => {
							text += piece
						})
						const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
						answer.on('end', () => resolve({ status: answer.statusCode ?? 0, cookie, text }))
					})
					asked.on('error', reject)
					asked.end(body)
				})
			expect((await ask('/es/')).status).toBe(303)
			expect((await ask('/figures.json')).status).toBe(303)
			expect((await ask('/live')).status).toBe(303)
			expect((await ask('/enter')).text).toContain('name="phrase"')
			const typed = (text: string) => new URLSearchParams({ phrase: text }).toString()
			const origin = { origin: address }
			expect((await ask('/enter', origin, typed('another phrase of ours'))).status).toBe(403)
			expect((await ask('/enter', { origin: 'https://evil.example' }, typed(phrase))).status).toBe(403)
			const { status, cookie } = await ask('/enter', origin, typed(phrase))
			expect(status).toBe(303)
			expect((await ask('/figures.json', { cookie })).text).toContain('"unlisted"')
			expect(board.count('pass-phrase-refused')).toBe(1)
			await board.stop()
			expect(board.status).toBe(0)
		},
	)
})

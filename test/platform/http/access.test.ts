import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { plainAnswer } from '#src/platform/http/exchange.js'
import { HttpListening, readListeningSecrets } from '#src/platform/http/listening.js'
import { OneTimeLink } from '#src/platform/http/one-time-link.js'
import { hashPassPhrase, readPassPhraseFile } from '#src/platform/http/pass-phrase.js'
import { PassPhraseAccess } from '#src/platform/http/pass-phrase-access.js'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { startServer } from './test-server.ts'

const phrase = 'cuatro palabras de más'

/** The pair that a browser would send back. */
const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''

describe('a one-time link', () => {
	it('lets in who opens it first, by a cookie that no script reads', async () => {
		const clock = new SimulatedClock()
		const access = new OneTimeLink({
			...{ clock, cookie: 'testigo-reading', secure: false },
			refused: plainAnswer(403, 'open the link that the terminal shows'),
		})
		const { url } = await startServer({ access })
		const get = (path: string, cookie = '') =>
			fetch(`${url}${path}`, { redirect: 'manual', headers: { cookie } })
		expect((await get('/')).status).toBe(403)
		expect((await get(`${access.path.slice(0, -1)}_`)).status).toBe(403)
		const entered = await get(access.path)
		expect([entered.status, entered.headers.get('location')]).toEqual([303, '/'])
		expect(entered.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/)
		const cookie = cookieOf(entered)
		expect((await get('/', cookie)).status).toBe(200)
		expect((await get('/', `${cookie}x`)).status).toBe(403)
		expect((await get(access.path)).status).toBe(403)
		expect((await get(access.path, cookie)).status).toBe(303)
		await clock.advance(12 * 3_600_000)
		expect((await get('/', cookie)).status).toBe(403)
	})
})

describe('a pass phrase', () => {
	async function startGuarded() {
		const hash = await hashPassPhrase(phrase)
		if (!hash.ok) throw new Error(hash.fault.detail)
		const clock = new SimulatedClock()
		const refusals: string[] = []
		const access = new PassPhraseAccess({
			...{ clock, cookie: 'testigo-board', hash: hash.value },
			form: (_, fault) => `<title>${fault}</title>`,
			refused: (_, fault) => refusals.push(fault),
		})
		const { url } = await startServer({ access })
		const enter = (typed: string) =>
			fetch(`${url}/enter`, {
				...{ method: 'POST', redirect: 'manual', headers: { origin: url } },
				body: new URLSearchParams({ phrase: typed }),
			})
		return { clock, url, enter, refusals }
	}

	it('lets in who types it, over TLS only', async () => {
		const { url, enter } = await startGuarded()
		const first = await fetch(url, { redirect: 'manual' })
		expect([first.status, first.headers.get('location')]).toEqual([303, '/enter'])
		expect(await (await fetch(`${url}/enter`)).text()).toBe('<title>null</title>')
		const entered = await enter(phrase.normalize('NFD'))
		expect(entered.headers.get('set-cookie')).toMatch(/; Secure$/)
		const inside = await fetch(url, { redirect: 'manual', headers: { cookie: cookieOf(entered) } })
		expect(inside.status).toBe(200)
	})

	it('has few tries, and one more after a while', async () => {
		const { clock, enter, refusals } = await startGuarded()
		for (let n = 0; n < 5; n++) expect((await enter(`wrong ${n}`)).status).toBe(403)
		expect((await enter(phrase)).status).toBe(429)
		expect(refusals).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'too-many'])
		await clock.advance(30_000)
		expect((await enter(phrase)).status).toBe(303)
	})

	it('is not too short, and lies in a file that nobody else reads', async () => {
		expect(await hashPassPhrase('short')).toMatchObject({ ok: false, fault: { code: 'too-short' } })
		const file = join(await temporaryFolder(), 'pass-phrase.json')
		const hash = await hashPassPhrase(phrase)
		await writeFile(file, JSON.stringify(hash.ok && hash.value), { mode: 0o600 })
		expect(await readPassPhraseFile(file)).toMatchObject({ ok: true })
		await chmod(file, 0o644)
		expect(await readPassPhraseFile(file)).toMatchObject({ ok: false, fault: { code: 'no-pass-phrase' } })
		const read = await readListeningSecrets(HttpListening.parse({ passPhrase: file }))
		expect(read).toMatchObject({ ok: false, fault: { code: 'no-pass-phrase' } })
	})
})

describe('where a server listens', () => {
	it('is this machine alone, unless it has TLS, a pass phrase and names', () => {
		expect(HttpListening.parse({})).toMatchObject({ address: '127.0.0.1' })
		expect(HttpListening.safeParse({ address: '::1' }).success).toBe(true)
		const elsewhere = { address: '0.0.0.0', names: ['board.example'], passPhrase: '/p' }
		for (const given of [{ address: '0.0.0.0' }, { address: '::' }, { address: '127.0.0.2' }, elsewhere])
			expect(HttpListening.safeParse(given).error?.issues).toEqual([
				expect.objectContaining({ message: expect.stringContaining('takes tls, passPhrase and names') }),
			])
		const tls = { certificate: '/c', key: '/k' }
		expect(HttpListening.safeParse({ ...elsewhere, tls }).success).toBe(true)
	})

	it('is told in one line where it can not be', async () => {
		const { port } = await startServer()
		const parts = { listening: { address: '127.0.0.1', port, names: [] } }
		await expect(startServer(parts)).rejects.toThrow(`127.0.0.1 port ${port}: another program listens there`)
		await expect(
			startServer({ tls: { certificate: Buffer.from('none'), key: Buffer.from('none') } }),
		).rejects.toThrow('certificate and key: ')
	})
})

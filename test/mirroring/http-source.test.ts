/** An archive on a web server, whoever owns that. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { FolderSource } from '#src/mirroring/archive-source.js'
import { BandwidthCap } from '#src/mirroring/bandwidth-cap.js'
import { HttpSource } from '#src/mirroring/http-source.js'
import { systemClock } from '#src/platform/clock.js'
import { actaText } from '../support/journal-maker.ts'
import { codeOf, gotten } from '../support/result.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { faultsOf, filesOf, mirror, publishedCentre, sign } from './mirrored.ts'

const deadlines = {
	...{ silenceMs: 20_000, graceMs: 60_000, leastBytesPerSecond: 1, tries: 3 },
	backoff: { firstMs: 0, mostMs: 0 },
}

async function serving(listener: RequestListener): Promise<string> {
	const server = createServer(listener)
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	onTestFinished(() => {
		server.closeAllConnections()
		server.close()
	})
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive`
}

function sourceAt(url: string, more = {}): HttpSource {
	const parts = { clock: systemClock, random: () => 0, cap: null, deadlines: { ...deadlines, ...more } }
	return gotten(HttpSource.at(url, parts))
}

/** `asked`: the paths that were asked for. */
async function servingArchive(archive: string): Promise<{ url: string; asked: string[] }> {
	const folder = new FolderSource(archive)
	const asked: string[] = []
	const url = await serving(async ({ url: path = '' }, response) => {
		asked.push(path.slice('/archive/'.length))
		const file = await folder.fetch(path.slice('/archive/'.length), 1e8)
		response.writeHead(file.ok ? 200 : 404).end(file.ok ? file.value : 'no such file')
	})
	return { url, asked }
}

/** Follows from the leaves, and what lists it. */
const madeHere = /^(?:data|c|p|disputes)\//

test('a copy by the web is the archive, and asks for nothing but files of archives', async () => {
	const made = await publishedCentre()
	const copy = join(made.home, 'copy')
	const { url, asked } = await servingArchive(made.archive)
	gotten(await mirror(sourceAt(url), copy))
	expect(await faultsOf(copy)).toEqual([])
	const grammar = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*(?:\.p\/\d+)?$/
	expect(asked.filter((path) => !grammar.test(path))).toEqual([])
	expect(asked.filter((path) => madeHere.test(path))).toEqual([])

	asked.splice(0)
	expect(gotten(await mirror(sourceAt(url), copy)).isUnchanged).toBe(true)
	expect(asked.sort()).toEqual(['checkpoint', 'keys/authority.pem', 'keys/campaign.jws', 'site'])
	await made.centre.acta('k-one', actaText(1))
	await made.publish()
	asked.splice(0)
	gotten(await mirror(sourceAt(url), copy))
	expect(await faultsOf(copy)).toEqual([])
	expect(asked).not.toContain('campaign/register.csv')
	expect(asked.filter((path) => madeHere.test(path))).toEqual([])
	expect(filesOf(copy)).toEqual(filesOf(made.archive))
})

test('what another version has made otherwise is fetched', async () => {
	const made = await publishedCentre()
	const [page, copy] = ['disputes/index.html', join(made.home, 'copy')]
	await sign(made, page, 'another page')
	const { url, asked } = await servingArchive(made.archive)
	gotten(await mirror(sourceAt(url), copy))
	expect(filesOf(copy)).toEqual(filesOf(made.archive))
	const fetched = asked.filter((path) => madeHere.test(path)).sort()
	expect(fetched).toEqual(['disputes/SHA256SUMS', page])
})

test.each([
	['no file', 404, {}, 'source-missing', 1],
	['a refusal', 403, {}, 'source-refused', 1],
	['a failure', 503, {}, 'source-unreachable', 3],
	['another server', 302, { location: 'http://127.0.0.2/archive/site' }, 'source-refused', 1],
	['a file of the machine', 302, { location: 'file:///etc/passwd' }, 'source-refused', 1],
	['itself, for ever', 302, { location: '/archive/site' }, 'source-refused', 6],
] as const)('a server that answers with %s', async (_, status, headers, code, times) => {
	let asked = 0
	const url = await serving((_, response) => {
		asked++
		response.writeHead(status, headers).end('page')
	})
	expect(codeOf(await sourceAt(url).fetch('site', 1000))).toBe(code)
	expect(asked).toBe(times)
})

test('a failure that passes is asked again, and its own server followed', async () => {
	let asked = 0
	const url = await serving((request, response) => {
		if (++asked === 1) response.destroy()
		else if (request.url === '/archive/site') response.writeHead(301, { location: '../moved/site' }).end()
		else response.end(request.url)
	})
	expect(gotten(await sourceAt(url).fetch('site', 1000)).toString()).toBe('/moved/site')
	expect(asked).toBe(3)
})

test.each([
	['says its length', (response: Parameters<RequestListener>[1]) => response.end(Buffer.alloc(5000))],
	[
		'does not end',
		(response: Parameters<RequestListener>[1]) => {
			const more = () => {
				while (!response.destroyed && response.write(Buffer.alloc(1 << 16)));
			}
			response.on('drain', more)
			more()
		},
	],
	[
		'is small when it is packed',
		(response: Parameters<RequestListener>[1]) =>
			response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1e6))),
	],
])('what is longer than it may be is not read on: one that %s', async (_, answer) => {
	const url = await serving((_, response) => void answer(response))
	expect(codeOf(await sourceAt(url).fetch('site', 4000))).toBe('source-too-large')
})

test.each([
	['nothing', ''],
	['the beginning', 'begins'],
])('a server that says %s and then no more is left', async (_, begin) => {
	const url = await serving((_, response) => {
		if (begin !== '') response.writeHead(200, { 'content-length': 100 }).write(begin)
	})
	const source = sourceAt(url, { silenceMs: 50, tries: 2 })
	expect(codeOf(await source.fetch('site', 1000))).toBe('source-unreachable')
})

test.each(['ftp://x.example/', 'http://user@x.example/', 'http://x.example/?a=b', 'archive'])(
	'%s is no address of an archive',
	(url) => {
		expect(codeOf(HttpSource.at(url, { clock: systemClock, random: () => 0, cap: null }))).toBe('bad-url')
	},
)

test('no more than so many bytes a second are taken', async () => {
	const clock = new SimulatedClock()
	const cap = new BandwidthCap(1000, clock)
	let taken = 0
	const took = async (bytes: number) => {
		await cap.take(bytes)
		taken += bytes
	}
	const all = [took(500), took(500), took(2000)]
	await clock.advance(999)
	expect(taken).toBe(500)
	await clock.advance(1)
	expect(taken).toBe(1000)
	await clock.advance(2000)
	await Promise.all(all)
	expect(taken).toBe(3000)
})

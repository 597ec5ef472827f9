/**
 * All of 2024 published by one command, and checked by each verifier: time, memory, size, files, beside a bare copy and bare
 * digests of the same bytes; then a hundred further actas. Without the results file that does not ship, or in short, a
 * sample of it.
 */
import { readdir, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { formatPayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { actaOf } from '#src/simulator/figures/tables.js'
import { Random } from '#src/simulator/random.js'
import { resultsOf2024 } from '../integration/replay/results.ts'
import { CentreMaker } from '../support/centre-maker.ts'
import { ChromiumPage, withoutChromium } from '../support/chromium.ts'
import { dropped } from '../support/dropped.ts'
import { execute, testigoCommand } from '../support/processes.ts'
import { benchFurther } from './archive-further.ts'
import type { Bench } from './part.ts'
import type { Cell, Table } from './table.ts'

const python = join(import.meta.dirname, '../../provisioning/verify/verify.py')
const page = join(import.meta.dirname, '../../provisioning/verify/verify.html')
const deviceCount = 200
const furtherCount = 100

export async function benchArchive({ directory, short, say }: Bench): Promise<Table[]> {
	const { rows, source } = await resultsOf2024(
		presidential2024,
		short ? 300 : 1_000_000,
		new Random('archive'),
	)
	const [centre, archive] = [join(directory, 'centre'), join(directory, 'archive')]
	const maker = new CentreMaker(centre)
	maker.register(
		rows.map(({ centro, mesa, place }) => ({ table: `${centro}.${mesa}`, centro, mesa, ...place })),
	)
	say(`${rows.length} actas of ${deviceCount} devices`)
	for (const [index, row] of rows.entries())
		await maker.acta(`k-${index % deviceCount}`, formatPayload(actaOf(row, presidential2024)))

	const ledger = join(centre, 'ledger.jws')
	const { size } = await stat(ledger)
	// Of a second device each, all over the country.
	for (let at = 0; at <= furtherCount; at++) {
		const index = Math.floor((at * (rows.length - 1)) / furtherCount)
		const [row] = rows.slice(index)
		if (row !== undefined)
			await maker.acta(`k-${(index + 1) % deviceCount}`, formatPayload(actaOf(row, presidential2024)))
	}
	const [first = '', ...further] = (await readFile(ledger)).subarray(size).toString().match(/.+\n/g) ?? []
	await truncate(ledger, size)

	const out: Cell[][] = []
	const measured = async (name: string, words: readonly string[]) => {
		say(name)
		const { seconds, megabytes, said } = await timed(words)
		out.push([name, seconds, megabytes])
		return said
	}
	const published = JSON.parse(
		await measured(
			'testigo publish --trial',
			testigoCommand('publish', '--directory', centre, '--out', archive, '--trial'),
		),
	)
	await measured('testigo verify', testigoCommand('verify', archive, '--rehearsal', '--json'))
	await measured('verify.py', ['python3', python, archive, '--rehearsal', '--json'])
	if (withoutChromium === null) out.push(await inBrowser(archive, say))
	await measured('cp -r', ['cp', '-r', archive, join(directory, 'copy')])
	await measured('sha256sum of each file', [
		'sh',
		'-c',
		'find "$0" -type f -exec sha256sum {} + >/dev/null',
		archive,
	])
	const sums = JSON.parse(await readFile(join(archive, 'data', 'figures.json'), 'utf8')).sums.all.candidates
	const right = Object.fromEntries(
		presidential2024.candidates.map(({ id }) => [
			id,
			rows.reduce((sum, row) => sum + (row.votes.get(id) ?? 0), 0),
		]),
	)
	const files = await filesIn(archive)
	return [
		{
			title: `An archive of ${rows.length} actas: ${published.leaves} leaves, ${files.count} files, ${(files.bytes / 1e6).toFixed(1)} MB; sums ${JSON.stringify(sums) === JSON.stringify(right) ? 'as published in 2024' : 'WRONG'}`,
			columns: ['', 'seconds', 'most memory, MB'],
			rows: out,
			notes: [
				'Each is a process of its own, its start with it; but for the page, which is open before.',
				...(source === null ? [] : [source]),
			],
		},
		await benchFurther({ directory, centre, archive, first, further: further.join(''), say }),
	]
}

/** From dropping the folder on the page to its verdict. */
async function inBrowser(archive: string, say: Bench['say']): Promise<Cell[]> {
	say('verify.html')
	const chromium = await ChromiumPage.open(pathToFileURL(page).href)
	try {
		await chromium.evaluate(`document.getElementById('rehearsal').checked = true`)
		const begun = performance.now()
		const shown = await dropped(chromium, archive)
		const seconds = Math.round((performance.now() - begun) / 10) / 100
		if (!/ÍNTEGRO|WHOLE/.test(shown)) throw new Error(shown)
		return ['verify.html', seconds, null]
	} finally {
		await chromium.close()
	}
}

/** By GNU time: elapsed seconds, most resident kilobytes. */
async function timed(words: readonly string[]) {
	const { stdout, stderr } = await execute('/usr/bin/time', ['-f', '%e %M', ...words])
	const [seconds = '', kilobytes = ''] = stderr.trim().split('\n').at(-1)?.split(' ') ?? []
	return { seconds: Number(seconds), megabytes: Math.round(Number(kilobytes) / 1000), said: stdout }
}

async function filesIn(folder: string): Promise<{ count: number; bytes: number }> {
	const names = await readdir(folder, { recursive: true })
	const found = await Promise.all(names.map((name) => stat(join(folder, name))))
	const files = found.filter((one) => one.isFile())
	return { count: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) }
}

/** A stick too small, one that can't be written to, and one that is used as in the field, by the commands. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import { Carried } from '../../support/carried.ts'
import { inDirectory } from '../../support/in-directory.ts'
import { actaText, JournalMaker, someBytes } from '../../support/journal-maker.ts'
import { Mount, withoutTmpfs } from '../../support/mounts.ts'
import { testigo } from '../../support/processes.ts'
import { gotten } from '../../support/result.ts'
import { makeSigner } from '../../support/test-identity.ts'

/** A file system of its own, of so many bytes. */
async function withMount(
	bytes: number,
	work: (mounted: Mount, all: Carried) => Promise<void>,
): Promise<void> {
	await inDirectory(async (root) => {
		const all = new Carried(root)
		const mounted = Mount.tmpfs(all.stick, `size=${bytes},nosuid,nodev`)
		try {
			await work(mounted, all)
		} finally {
			mounted.clear()
		}
	})
}

const images = (folder: string) =>
	readdirSync(join(folder, 'images'), { recursive: true, withFileTypes: true }).filter((name) =>
		name.isFile(),
	)

describe.skipIf(withoutTmpfs !== null)(`a mounted stick ${withoutTmpfs ?? ''}`, { timeout: 300_000 }, () => {
	test('stick-full: says what misses, keeps what is whole, and goes on when there is room', () =>
		withMount(500_000, async (mounted, all) => {
			const kiosk = await all.kiosk('k-one', 0)
			for (let number = 1; number <= 8; number++) {
				await kiosk.acta(actaText(number), [someBytes(100_000, number)])
			}
			const full = await all.export(kiosk)
			expect(full).toMatchObject({
				fault: {
					code: 'stick-full',
					detail: expect.stringMatching(/all entries are on it, [1-4] of 8 images .* 0\.[4-7] MB more/),
				},
			})
			const folder = all.onStick('k-one')
			const partly = gotten(await auditJournal(folder))
			expect(partly).toMatchObject({ chainWhole: true, entries: 9, images: { altered: 0 } })
			expect(images(folder)).toHaveLength(partly.images?.present ?? -1)
			expect(gotten(await all.import())).toMatchObject({
				refusedCount: 0,
				chains: [{ stored: 9, images: { stored: partly.images?.present, awaited: partly.images?.missing } }],
			})
			mounted.remount('size=5000000')
			expect(gotten(await all.export(kiosk)).images.there).toBe(partly.images?.present)
			expect(gotten(await all.import()).chains).toMatchObject([{ duplicates: 9, images: { awaited: 0 } }])
		}))

	test('stick-full among the lines: ends with a whole one', () =>
		withMount(20_480, async (_, all) => {
			const kiosk = await all.kiosk('k-one', 30)
			expect(await all.export(kiosk)).toMatchObject({
				fault: { code: 'stick-full', detail: expect.stringContaining('not all entries are on it') },
			})
			const lines = readFileSync(all.onStick('k-one', 'entries.jws'))
			expect(lines.length).toBeGreaterThan(0)
			expect(lines.at(-1)).toBe(10)
			expect(readFileSync(join(kiosk.directory, 'entries.jws')).subarray(0, lines.length).equals(lines)).toBe(
				true,
			)
		}))

	test('a stick that can not be written to: no export, but an import without receipts', () =>
		withMount(5_000_000, async (mounted, all) => {
			const kiosk = await all.kiosk('k-one', 2)
			gotten(await all.export(kiosk))
			mounted.remount('ro')
			await kiosk.boot()
			expect(await all.export(kiosk)).toMatchObject({
				fault: { code: 'stick-failed', detail: expect.stringContaining('EROFS') },
			})
			const { chains, refused } = gotten(await all.import())
			expect(chains).toMatchObject([{ stored: 3, images: { stored: 2 }, receipts: 0 }])
			expect(refused).toMatchObject([{ code: 'receipts-not-written' }])
		}))

	test('by the commands: there, in, and home, with their exit statuses', () =>
		withMount(5_000_000, async ({ path: stick }, all) => {
			const journal = new JournalMaker(join(all.root, 'journal'), makeSigner('k-one'))
			await journal.boot()
			await journal.acta(actaText(1), [someBytes(9_000, 1)])
			const centre = join(all.root, 'identity')
			const { out } = await testigo('enrol', 'centre', '--dir', centre)
			const [id = ''] = out.split('\n')
			const uplink = join(all.root, 'uplink')
			const kiosk = ['--journal', journal.directory, '--uplink', uplink]
			const pinned = ['--centre-id', id, '--centre-key', join(centre, 'public.pem')]
			const exported = await testigo('export', stick, ...kiosk, ...pinned)
			expect(exported).toMatchObject({ status: 0, err: '' })
			expect(exported.out).toContain('k-one: 2 entries on the stick')
			expect(await testigo('verify', all.onStick('k-one'))).toMatchObject({ status: 0 })

			const ledger = ['--identity', centre, '--directory', all.centre]
			const unknown = await testigo('import', stick, ...ledger)
			expect(unknown.status).toBe(1)
			expect(unknown.out).toContain('REFUSED testigo/k-one/entries.jws, line 1: unknown-device')
			all.enrol(journal)
			const taken = await testigo('import', stick, ...ledger, '--json')
			expect(taken).toMatchObject({ status: 0, err: '' })
			expect(JSON.parse(taken.out)).toMatchObject({
				chains: [{ folder: 'k-one', stored: 2, images: { stored: 1 }, receipts: 2 }],
				note: expect.stringContaining('custody'),
			})
			expect(await testigo('verify', all.centre)).toMatchObject({ status: 0 })

			const home = await testigo('export', stick, ...kiosk, ...pinned, '--json')
			expect(JSON.parse(home.out)).toMatchObject({ receipts: { held: 2, upto: 2, refused: {} } })
			expect((await testigo('status', ...kiosk)).out).toMatch(/^received {4}2,/m)

			const nowhere = await testigo('export', join(all.root, 'journal'), ...kiosk)
			expect(nowhere.status).toBe(3)
			expect(nowhere.err).toContain('no stick is mounted there')
			rmSync(all.onStick(), { recursive: true })
			mkdirSync(all.onStick())
			for (const name of ['k-one', ...[2, 3, 4, 5, 6, 7, 8, 9].map((number) => `k-one.${number}`)]) {
				execFileSync('mkfifo', [all.onStick(name)])
			}
			expect(await testigo('export', stick, ...kiosk)).toMatchObject({ status: 1, out: '' })
			expect(await testigo('import', all.root, ...ledger)).toMatchObject({ status: 3, out: '' })
			expect(existsSync(all.onStick('k-one', 'entries.jws'))).toBe(false)
		}))
})

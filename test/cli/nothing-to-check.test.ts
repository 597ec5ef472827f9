/** What holds not one record was emptied, or is another's: no command calls that well. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { auditJournal } from '#src/audit/journal-audit.js'
import { diagnoseJournal } from '#src/doctor/journal.js'
import { inDirectory } from '../support/in-directory.ts'
import { testigo } from '../support/processes.ts'
import { device } from '../vectors/object-vector.ts'
import { layOut } from '../vectors/reference.ts'

const emptied = { 'entries.jws': '', 'device.pem': device.pem }

test('testigo status of an emptied journal: exit 1', () =>
	inDirectory(async (directory) => {
		await layOut(emptied, directory)
		const { status, out } = await testigo('status', '--journal', directory)
		expect(status).toBe(1)
		expect(out).toMatch(/^entries +NONE: the journal was emptied, or nothing was recorded yet$/m)
	}))

test('testigo doctor does not say of it that all is verified', () =>
	inDirectory(async (directory) => {
		await layOut(emptied, directory)
		const audit = await auditJournal(directory, { images: false })
		const state = { lock: 'free', audit, verifiedAt: null, own: true } as const
		expect(diagnoseJournal(directory, state)).toMatchObject({
			verdict: 'warn',
			code: 'nothing-to-check',
		})
	}))

test('testigo import of a stick without one entry: exit 1', () =>
	inDirectory(async (directory) => {
		const [identity, stick] = [join(directory, 'identity'), join(directory, 'stick')]
		expect((await testigo('enrol', 'centre', '--dir', identity)).status).toBe(0)
		await mkdir(join(stick, 'testigo'), { recursive: true })
		const words = ['--identity', identity, '--directory', join(directory, 'central')]
		const { status, out } = await testigo('import', stick, ...words)
		expect(out).toMatch(/^NOTHING TO CHECK: not one entry is on this stick/)
		expect(status).toBe(1)
	}))

test('a folder that is no centre’s: what adds up says so, and what to name', () =>
	inDirectory(async (directory) => {
		const ended = await Promise.all([
			testigo('tally', directory),
			testigo('transcribe', 'prepare', directory, '--out', join(directory, 'queue')),
		])
		for (const { status, err } of ended) {
			expect(err).toBe(
				`testigo: ${directory}: there is no ledger.jws: name the directory of a centre, or a copy of it\n`,
			)
			expect(status).toBe(3)
		}
	}))

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FollowedStatuses } from '#src/central/followed-statuses.js'
import { ForeignFiles } from '#src/platform/files/foreign-file.js'
import { CentreMaker } from '../support/centre-maker.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('what is no file of statuses stays a fault until it is another', async () => {
	const centre = new CentreMaker(await temporaryFolder())
	const statuses = new FollowedStatuses(centre.directory, new ForeignFiles())
	expect(await statuses.look()).toEqual({ ok: true, value: false })
	await writeFile(join(centre.directory, 'statuses.json'), '{"v":2}')
	for (let look = 0; look < 2; look++)
		expect(await statuses.look()).toMatchObject({ ok: false, fault: { code: 'statuses-unreadable' } })
	centre.statuses('2024-07-29T00:59:50Z', { device: 'k-aaaaaaaaaaaaaaaa' })
	expect(await statuses.look()).toEqual({ ok: true, value: true })
	expect(await statuses.look()).toEqual({ ok: true, value: false })
})

/** The screens that a held button brings: the close of day, the technician's pages; and a journal that was rolled back. */
import type { Walk } from './walk.ts'

/** Asked and not answered; then closed, on a disk that is slow, and told in pages until a paper comes. */
export async function closeOfDay(walk: Walk): Promise<void> {
	walk.say('the close of day')
	const body = walk.body
	await body.hold()
	await walk.shows({ at: 'asking-to-close' })
	await body.next()
	await walk.shows({ at: 'idle' })
	await body.hold()
	await walk.shows({ at: 'asking-to-close' })
	const disk = walk.disk
	disk?.freeze()
	try {
		await body.press()
		if (disk !== null) {
			await walk.shows({ at: 'closing', slow: false })
			await body.next()
			await walk.shows({ at: 'closing', slow: true })
		}
	} finally {
		disk?.thaw()
	}
	await body.until(() => body.text[0]?.startsWith('DÍA CERRADO') === true)
	const head = body.end
	await walk.shows({ at: 'closed', head, page: 0 })
	await body.press()
	await walk.shows({ at: 'closed', head, page: 1 })
}

/** Each page, of a kiosk that is well: those with measures as their kind, the others to the letter. */
export async function technician(walk: Walk): Promise<void> {
	walk.say("the technician's pages")
	const body = walk.body
	await body.stop()
	await body.start({ technician: true })
	const { device } = body.end
	await walk.shows({ at: 'technician', page: { page: 'device', device } })
	for (const page of ['VERSIONES', 'RED', 'REGISTROS', 'DISCO']) await turn(walk, page)
	await body.camera('hangs')
	await turn(walk, 'CÁMARA')
	await walk.shows({ at: 'technician', page: { page: 'trying-cameras' } })
	await body.camera('good')
	await body.until(() => body.text[0]?.startsWith('CÁMARA full') === true)
	await walk.isCatalogued()
	await body.press()
	await walk.shows({ at: 'technician', page: { page: 'test' } })
	await body.hold()
	await walk.shows({ at: 'idle' })
}

async function turn(walk: Walk, title: string): Promise<void> {
	await walk.body.press()
	await walk.body.until(() => walk.body.text[0]?.startsWith(title) === true)
	await walk.isCatalogued()
}

export async function setBack(walk: Walk): Promise<void> {
	walk.say('receipts that know more')
	const body = walk.body
	await body.post({ connected: true, latestReceipt: await body.receipt(), contrary: await body.receipt(1) })
	body.received = body.recorded
	await walk.shows({ at: 'fault', device: 'journal', fault: { code: '', detail: '' } })
}

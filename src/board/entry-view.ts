/** An entry as pages show it: when it was received, how it stands, which of its pictures may be seen, what people answered. */
import { publicRole } from '../evidence/entry.ts'
import type { ReceiptTimes } from '../records/receipt-times.ts'
import type { ActaEntry, EntryFacts } from '../tally/entry-facts.ts'
import type { TableEntry } from '../tally/table-detail.ts'
import type { AnswerView, EntryView, PictureView } from './view.ts'

export function entryView(entry: TableEntry, receipts: ReceiptTimes): EntryView {
	const { by, standing, isExcluded, method, table, images, stations } = entry
	return {
		...{ id: by.id, device: by.device, seq: by.seq, method, table },
		receivedMs: receipts.receivedMs(by.id),
		standing: standing === 'good' && isExcluded ? 'excluded' : standing,
		images: picturesOf(images, receipts),
		answers: answersOf(stations),
	}
}

export function paperView({ entry, stations }: EntryFacts, receipts: ReceiptTimes): EntryView {
	const { by, method, table, images } = entry
	return {
		...{ id: by.id, device: by.device, seq: by.seq, method, table },
		receivedMs: receipts.receivedMs(by.id),
		standing: 'good',
		images: picturesOf(images, receipts),
		answers: answersOf(stations),
	}
}

function picturesOf(images: ActaEntry['images'], receipts: ReceiptTimes): readonly PictureView[] {
	return images.map(({ sha256, role }) => ({
		...{ sha256, role },
		isShown: role === publicRole && receipts.isWhole(sha256),
	}))
}

function answersOf(stations: EntryFacts['stations']): readonly AnswerView[] {
	return stations.map(({ station, reading, table, unreadable }) => ({
		station,
		table: reading === null ? null : table,
		unreadable: reading === null ? unreadable : null,
	}))
}

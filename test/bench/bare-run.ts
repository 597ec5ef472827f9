/** The bare broker with the bytes of entries and images: what Testigo is measured against. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chunkCount, chunkSize } from '#src/protocol/chunks.js'
import { mostInFlight } from '#src/protocol/limits.js'
import { formatTopic } from '#src/protocol/topics.js'
import type { BareClientTask, BareMessage } from './bare-client.ts'
import type { BrokerProcess } from './broker-process.ts'
import { Forked } from './forked.ts'
import type { WrittenJournal } from './signed-entries.ts'

/** Bytes of a receipt without gaps and with one image. */
export const receiptSize = 800

/** Seconds from the first message out to the last one in, or to the last answer back. */
export async function runBare(
	{ url, protocol }: BrokerProcess,
	messages: readonly BareMessage[],
	{ answer, window = mostInFlight }: { readonly answer: number; readonly window?: number },
): Promise<number> {
	const task = { url, protocol, window, count: messages.length, answer }
	const subscriber = await startBare({ ...task, role: 'subscriber', messages: [] })
	const publisher = await startBare({ ...task, role: 'publisher', messages })
	try {
		const last = answer === 0 ? subscriber : publisher
		const done = last.next()
		const begun = performance.now()
		publisher.send('go')
		await done
		return (performance.now() - begun) / 1000
	} finally {
		await publisher.stop()
		await subscriber.stop()
	}
}

async function startBare(task: BareClientTask): Promise<Forked<'ready' | 'done'>> {
	const client = new Forked<'ready' | 'done'>(new URL('./bare-client.ts', import.meta.url), task)
	await client.next()
	return client
}

export async function entryMessages({ directory, device }: WrittenJournal): Promise<BareMessage[]> {
	const path = join(directory, 'entries.jws')
	const bytes = await readFile(path)
	const messages: BareMessage[] = []
	for (let start = 0, seq = 1; start < bytes.length; seq++) {
		const feed = bytes.indexOf(10, start)
		messages.push({ topic: formatTopic({ kind: 'entry', device: device.id, seq }), path, start, end: feed })
		start = feed + 1
	}
	return messages
}

export async function allMessages(journal: WrittenJournal): Promise<BareMessage[]> {
	const messages = await entryMessages(journal)
	for (const { path, sha256, size } of journal.images) {
		for (let index = 0; index < chunkCount(size); index++) {
			const topic = formatTopic({ kind: 'image', device: journal.device.id, sha256, index })
			messages.push({ topic, path, start: index * chunkSize, end: Math.min(size, (index + 1) * chunkSize) })
		}
	}
	return messages
}

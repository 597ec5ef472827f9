import { createInterface } from 'node:readline'
import { Command } from 'commander'
import { openIdentity } from '../enrolment/device-identity.ts'
import type { Signer } from '../evidence/signer.ts'
import { SignedChain, transcriptionsFile } from '../journal/signed-chain.ts'
import { systemClock } from '../platform/clock.ts'
import type { Fault } from '../platform/result.ts'
import { ReadingServer } from '../transcription/pages/reading-server.ts'
import { stationPages } from '../transcription/pages/routes.ts'
import { forgetPictures } from '../transcription/queue/forget.ts'
import { readQueue } from '../transcription/queue/queue.ts'
import { QueuePictures } from '../transcription/station/pictures.ts'
import { ReadingStation } from '../transcription/station/reading-station.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { refuseDiskErrors } from './ca-authority.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'
import { prepareCommand } from './transcribe-prepare.ts'

interface Options {
	readonly identity?: string
	readonly forget?: true
}

export function transcribeCommand(): Command {
	return new Command('transcribe')
		.description(
			'let people read the pictures of a queue, at an offline laptop that is enrolled as a station',
		)
		.argument('<folder>', 'a queue, as "testigo transcribe prepare" makes it')
		.option('--identity <dir>', "the station's identity; its answers are kept there, in transcriptions.jws")
		.option('--forget', "delete the queue's pictures, and nothing else")
		.action(run)
		.addCommand(prepareCommand())
}

async function run(folder: string, { identity, forget }: Options): Promise<void> {
	if ((identity === undefined) !== (forget === true)) {
		throw new CommandRefused(exit.usedWrongly, "name the station's --identity, or --forget the pictures")
	}
	if (identity === undefined) await forgetAll(folder)
	else await readPapers(folder, identity)
}

async function forgetAll(folder: string): Promise<void> {
	await asOwnerOf(folder)
	const { pictures, others } = await refuseDiskErrors(forgetPictures(folder))
	printLines(
		`${pictures} pictures deleted from ${folder}.`,
		'Flash memory (sticks, cards, SSDs) may keep traces of what was deleted: a disk that was encrypted from the beginning keeps none that can be read.',
	)
	if (others.length === 0) return
	printAside(`testigo: not of this queue, and left there: ${others.slice(0, 5).join(', ')}`)
	process.exitCode = exit.foundWrong
}

async function readPapers(folder: string, directory: string): Promise<void> {
	const read = await readBefore([directory], () => stationIn(directory))
	await asOwnerOf(directory, folder)
	const signer = await read()
	const queue = await readQueue(folder)
	if (!queue.ok) {
		const isMissing = queue.fault.code === 'file-missing'
		const hint = isMissing ? '; name a queue that "testigo transcribe prepare" has finished' : ''
		throw new CommandRefused(isMissing ? exit.usedWrongly : exit.foundWrong, `${queue.fault.detail}${hint}`)
	}
	const chain = await SignedChain.open(directory, transcriptionsFile, signer)
	if (!chain.ok) throw new CommandRefused(exit.environmentFailed, chain.fault.detail)
	const { quarantined } = chain.value
	if (quarantined !== null)
		printAside(`testigo: a line that was cut short was set aside: ${quarantined.path}`)
	const station = new ReadingStation(queue.value, signer.kid, chain.value, systemClock)
	try {
		await serve(station, new QueuePictures(folder))
	} finally {
		await chain.value.close()
	}
	const { length } = station.answered
	printLines(`${signer.kid}: ${length} of ${queue.value.papers.length} papers of this queue are answered.`)
}

async function stationIn(directory: string): Promise<Signer> {
	const identity = await openIdentity(directory)
	if (!identity.ok) throw new CommandRefused(exit.environmentFailed, identity.fault.detail)
	const { role, signer } = identity.value
	if (role === 'station') return signer
	throw new CommandRefused(
		exit.usedWrongly,
		`${directory}: not the identity of a reading station; "testigo enrol station" makes one`,
	)
}

/** Until somebody ends it. */
async function serve(station: ReadingStation, pictures: QueuePictures): Promise<void> {
	const wrong = (fault: Fault) => {
		printAside(`WRONG: ${fault.detail} (${fault.code}). End this, and begin again: what was saved is safe.`)
		process.exitCode = exit.environmentFailed
	}
	const pages = stationPages(station, pictures, wrong)
	const server = new ReadingServer({ pages, clock: systemClock, port: 0, failed: wrong })
	const ended = new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
	const started = await server.start()
	if (!started.ok) throw new CommandRefused(exit.environmentFailed, started.fault.detail)
	const keyboard = createInterface({ input: process.stdin })
	keyboard.on('line', () => printLines(server.renewLink()))
	try {
		printLines(
			'Abra este enlace en el navegador de este equipo; abre una sola vez. Enter da otro. Para terminar: Ctrl+C.',
			"Open this link in this machine's browser; it opens once. Enter gives another. To end: Ctrl+C.",
			started.value,
		)
		await ended
	} finally {
		keyboard.close()
		process.stdin.destroy()
		await server.stop()
	}
}

import { createInterface } from 'node:readline'
import { Command } from 'commander'
import type { SignedTranscription, Transcription } from '../evidence/transcription.ts'
import { SignedChain, transcriptionsFile } from '../journal/signed-chain.ts'
import { systemClock } from '../platform/clock.ts'
import type { Fault } from '../platform/result.ts'
import type { StickPlace } from '../stick/mounted.ts'
import { exportPeople } from '../stick/people-export.ts'
import { ReadingServer } from '../transcription/pages/reading-server.ts'
import { stationPages } from '../transcription/pages/routes.ts'
import { forgetPictures } from '../transcription/queue/forget.ts'
import { type Queue, readQueue } from '../transcription/queue/queue.ts'
import { QueuePictures } from '../transcription/station/pictures.ts'
import { ReadingStation } from '../transcription/station/reading-station.ts'
import { asOwnerOf, readBefore } from './as-owner.ts'
import { refuseDiskErrors } from './ca-authority.ts'
import { CommandRefused, exit } from './exit.ts'
import { mountedStick } from './mounted-stick.ts'
import { printAside, printLines } from './output.ts'
import { custodyNotTruth } from './proof-lines.ts'
import { type SigningPerson, signingPerson } from './signing-person.ts'
import { timeOfDay } from './time-of-day.ts'
import { prepareCommand } from './transcribe-prepare.ts'

interface Options {
	readonly identity?: string
	readonly out?: string
	readonly anyFolder?: true
	readonly forget?: true
}

export function transcribeCommand(): Command {
	return new Command('transcribe')
		.description('let people read the pictures that no machine could')
		.addCommand(readingCommand(), { isDefault: true })
		.addCommand(prepareCommand())
}

function readingCommand(): Command {
	return new Command('read')
		.description(
			'read the papers of a queue, at an offline laptop that is enrolled as a station (the default)',
		)
		.argument('<folder>', 'a queue, as "testigo transcribe prepare" makes it')
		.option('--identity <dir>', "the station's identity; its answers are kept there, in transcriptions.jws")
		.option('--out <stick>', 'where what was read goes at the end, for "testigo import" at the centre')
		.option('--any-folder', "also into a folder on the identity's own disk, where no stick is")
		.option('--forget', "delete the queue's pictures, and nothing else")
		.action(run)
}

async function run(folder: string, { identity, forget, ...to }: Options): Promise<void> {
	if ((identity === undefined) !== (forget === true)) {
		throw new CommandRefused(exit.usedWrongly, "name the station's --identity, or --forget the pictures")
	}
	if (identity === undefined) await forgetAll(folder)
	else await readPapers(folder, identity, to)
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

async function readPapers(folder: string, directory: string, { out, anyFolder }: Options): Promise<void> {
	// Each answer says its day.
	timeOfDay()
	const read = await readBefore([directory], () => signingPerson(directory, 'station'))
	const { mounted } = out === undefined ? {} : await mountedStick(out)
	try {
		await asOwnerOf(directory, folder)
		const person = await read()
		const queue = await queueIn(folder)
		const chain = await SignedChain.open(directory, transcriptionsFile, person.signer)
		if (!chain.ok) throw new CommandRefused(exit.environmentFailed, chain.fault.detail)
		const { quarantined } = chain.value
		if (quarantined !== null) {
			printAside(`testigo: a line that was cut short was set aside: ${quarantined.path}`)
		}
		try {
			const station = new ReadingStation(queue, person.id, chain.value, systemClock)
			await serve(station, new QueuePictures(folder))
			const { length } = station.answered
			printLines(`${person.id}: ${length} of ${queue.papers.length} papers of this queue are answered.`)
			if (out !== undefined) {
				const more = { ...(mounted === undefined ? {} : { mounted }), anyFolder: anyFolder === true }
				await carryOut(chain.value, person, { stick: out, ...more })
			}
		} finally {
			await chain.value.close()
		}
	} finally {
		await mounted?.close()
	}
}

async function queueIn(folder: string): Promise<Queue> {
	const queue = await readQueue(folder)
	if (queue.ok) return queue.value
	const isMissing = queue.fault.code === 'file-missing'
	const hint = isMissing ? '; name a queue that "testigo transcribe prepare" has finished' : ''
	throw new CommandRefused(isMissing ? exit.usedWrongly : exit.foundWrong, `${queue.fault.detail}${hint}`)
}

/** All that the station ever signed; what lies on the stick already stays. */
async function carryOut(
	chain: SignedChain<SignedTranscription, Transcription>,
	person: SigningPerson,
	place: StickPlace,
): Promise<void> {
	const carried = await exportPeople(chain, person, place)
	if (!carried.ok) {
		const { code, detail } = carried.fault
		const isWrong = code === 'refused' || code === 'not-read-back'
		const after = `${detail}; what was read is kept beside the key: run the same command again`
		throw new CommandRefused(isWrong ? exit.foundWrong : exit.environmentFailed, after)
	}
	const { lines, folder, faults } = carried.value
	printLines(
		`${lines} answers are on the stick, in testigo/${folder}. It can be pulled out now.`,
		...faults.map(({ code, detail }) => `WRONG: ${code}: ${detail}`),
		custodyNotTruth,
	)
	if (faults.length > 0) process.exitCode = exit.foundWrong
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

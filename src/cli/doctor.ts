import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { BoardConfig } from '../board/config.ts'
import { CentralConfig } from '../central/config.ts'
import { groupNumber } from '../doctor/accounts.ts'
import { inspectBoard } from '../doctor/board.ts'
import { centreGroup } from '../doctor/centre-records.ts'
import { type Finding, findingsOf, sameInBothLanguages, type Verdict } from '../doctor/finding.ts'
import { inspectKiosk, inspectMachine } from '../doctor/inspect.ts'
import { inspectPublishing } from '../doctor/publishing.ts'
import { KioskConfig } from '../kiosk/config/kiosk-config.ts'
import { systemClock } from '../platform/clock.ts'
import type { JsonFileFault } from '../platform/files/json-file.ts'
import { printable } from '../platform/printable.ts'
import type { Result } from '../platform/result.ts'
import { PublishConfig } from '../publishing/config.ts'
import { UplinkConfig } from '../uplink/config.ts'
import { readConfiguration } from './configuration.ts'
import { readElection } from './election-file.ts'
import { CommandRefused, exit } from './exit.ts'
import { printJson, printLines } from './output.ts'

interface Options {
	readonly config?: string
	readonly uplinkConfig?: string
	readonly boardConfig?: string
	readonly publishConfig?: string
	readonly language?: Language
	readonly json?: true
}

type Language = KioskConfig['language']

const usual = {
	kiosk: '/etc/testigo/kiosk.json',
	uplink: '/etc/testigo/uplink.json',
	central: '/etc/testigo/central.json',
	board: '/etc/testigo/board.json',
	publish: '/etc/testigo/publish.json',
	/** Of a machine that publishes, which needs no settings. */
	log: '/var/lib/testigo/log',
}

export function doctorCommand(): Command {
	return new Command('doctor')
		.description(
			'Look at every part that a kiosk needs, and say what to do. Takes a picture; needs no network.',
		)
		.option('--config <file>', `the kiosk's configuration (default: ${usual.kiosk} where there is one)`)
		.option('--uplink-config <file>', `the uplink's (default: ${usual.uplink} where there is one)`)
		.option('--board-config <file>', `the board's (default: ${usual.board}, where there is a centre)`)
		.option('--publish-config <file>', `that of publishing (default: ${usual.publish}, where there is a log)`)
		.addOption(
			new Option('--language <language>', 'of the lines (default: the display’s)').choices(['es', 'en']),
		)
		.option('--json', 'print one JSON object')
		.action(run)
}

async function run(options: Options): Promise<void> {
	const { uplinkConfig, boardConfig, publishConfig } = options
	for (const file of [options.config, uplinkConfig, boardConfig, publishConfig]) {
		if (file !== undefined && !existsSync(file))
			throw new CommandRefused(exit.usedWrongly, `${file}: there is no such file`)
	}
	const around = { clock: systemClock, environment: process.env }
	const config = await readConfiguration(KioskConfig, { file: options.config, usual: usual.kiosk, flags: {} })
	const findings = [await checkConfiguration(config, options.config)]
	findings.push(...(await inspectMachine(around)))
	if (config.ok) {
		const file = uplinkConfig
		const there = file !== undefined || existsSync(usual.uplink)
		const uplink = there
			? await readConfiguration(UplinkConfig, { file, usual: usual.uplink, flags: {} })
			: null
		const settings = [options.config ?? usual.kiosk, file ?? usual.uplink, usual.central].filter(existsSync)
		const centre = existsSync(usual.central)
			? await readConfiguration(CentralConfig, { file: undefined, usual: usual.central, flags: {} })
			: null
		const central = centre?.ok ? centre.value : null
		findings.push(...(await inspectKiosk(config.value, { uplink, settings, central }, around)))
	}
	findings.push(...(await findingsOfBoard(boardConfig)))
	findings.push(...(await findingsOfPublishing(publishConfig)))
	print(findings, options.language ?? (config.ok ? config.value.language : 'es'), options.json ?? false)
	process.exitCode = statusOf(findings)
}

/** Where there is no centre there is no board. */
async function findingsOfBoard(file: string | undefined): Promise<Finding[]> {
	if (file === undefined && !existsSync(usual.central) && !existsSync(usual.board)) return []
	const config = await readConfiguration(BoardConfig, { file, usual: usual.board, flags: {} })
	return await inspectBoard(config, await groupNumber(centreGroup), systemClock)
}

/** Not every centre publishes. */
async function findingsOfPublishing(file: string | undefined): Promise<Finding[]> {
	if (file === undefined && !existsSync(usual.publish) && !existsSync(usual.log)) return []
	const config = await readConfiguration(PublishConfig, { file, usual: usual.publish, flags: {} })
	return await inspectPublishing(config, await groupNumber(centreGroup))
}

async function checkConfiguration(
	config: Result<KioskConfig, JsonFileFault>,
	file: string | undefined,
): Promise<Finding> {
	const { ok, wrong } = findingsOf('configuration')
	const election = config.ok ? await readElection(config.value.election) : config
	if (election.ok)
		return ok(sameInBothLanguages(file ?? (existsSync(usual.kiosk) ? usual.kiosk : '(defaults)')))
	const { code, detail } = election.fault
	return wrong(code, sameInBothLanguages(detail), { es: 'corrija el archivo', en: 'mend the file' })
}

function statusOf(findings: readonly Finding[]): number {
	const has = (wanted: Verdict) => findings.some(({ verdict }) => verdict === wanted)
	if (has('wrong')) return exit.foundWrong
	return has('unseen') ? exit.environmentFailed : exit.done
}

const marks: Readonly<Record<Language, Readonly<Record<Verdict, string>>>> = {
	es: { ok: 'bien', warn: 'AVISO', wrong: 'MAL', unseen: 'NO SE VE' },
	en: { ok: 'ok', warn: 'WARN', wrong: 'WRONG', unseen: 'UNSEEN' },
}

const parts: Readonly<Record<string, string>> = {
	configuration: 'configuración',
	memory: 'memoria',
	user: 'usuario',
	clock: 'reloj',
	directories: 'carpetas',
	identity: 'identidad',
	centre: 'centro',
	spares: 'reservas',
	journal: 'diario',
	storage: 'disco',
	camera: 'cámara',
	custodians: 'custodios',
	panel: 'pantalla',
	uplink: 'enlace',
	board: 'tablero',
	publish: 'publicación',
}

/** Longer than any of our own lines; a configuration's faults stand in one. */
const longest = 600

function print(findings: readonly Finding[], language: Language, json: boolean): void {
	if (json) {
		const report = findings.map(({ part, verdict, code, what, todo }) => ({
			...{ part, verdict, code },
			what: what[language],
			todo: todo?.[language] ?? null,
		}))
		printJson({ status: statusOf(findings), findings: report })
		return
	}
	for (const { part, verdict, what, todo } of findings) {
		const name = language === 'es' ? (parts[part] ?? part) : part
		const line = `${what[language]}${todo === null ? '' : ` → ${todo[language]}`}`
		printLines(`${marks[language][verdict].padEnd(8)} ${name.padEnd(13)} ${printable(line, longest)}`)
	}
}

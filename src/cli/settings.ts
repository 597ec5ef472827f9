/** `testigo settings install`: a technician shows a kiosk the settings that its campaign's authority signed. */
import { dirname } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Command, Option } from 'commander'
import { settingsPrefix } from '../enrolment/code-prefixes.ts'
import { printableLine } from '../platform/printable.ts'
import { buildTime } from '../platform/process/software.ts'
import type { WordLanguage } from '../platform/word-lists.ts'
import { installSettings, type Proposal } from '../settings/install.ts'
import { Passphrase } from '../settings/wanted-settings.ts'
import { asOwnerOf } from './as-owner.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'
import { readTextOrCode, shownText } from './read-text-or-code.ts'

interface Options {
	readonly dir: string
	readonly picture?: true
	readonly camera?: true
	readonly config?: string
	readonly uplinkConfig: string
	readonly connections: string
	readonly yes?: true
	readonly language: WordLanguage
}

const usualConfig = '/etc/testigo/kiosk.json'

export function settingsCommand(): Command {
	return new Command('settings')
		.description("the settings of a kiosk's campaign")
		.addCommand(installCommand())
}

function installCommand(): Command {
	return new Command('install')
		.description('put in what the authority signed: broker, custodians, networks')
		.argument('[settings]', 'the file that "testigo ca settings" wrote')
		.requiredOption('--dir <directory>', "the kiosk's identity")
		.option('--picture', 'the settings are a photograph of their QR code')
		.option('--camera', "the settings are their QR code, held before the kiosk's own camera")
		.option('--config <file>', `the kiosk's configuration (default: ${usualConfig})`)
		.option('--uplink-config <file>', "the uplink's", '/etc/testigo/uplink.json')
		.option(
			'--connections <directory>',
			"NetworkManager's connections",
			'/etc/NetworkManager/system-connections',
		)
		.option('--yes', 'without asking')
		.addOption(new Option('--language <language>', 'of the questions').choices(['es', 'en']).default('es'))
		.action(run)
}

async function run(path: string | undefined, options: Options): Promise<void> {
	const { dir, camera, picture, config, uplinkConfig, connections, yes, language } = options
	if ((path === undefined) !== (camera === true)) {
		throw new CommandRefused(exit.usedWrongly, 'name the settings, or hold their code before the --camera')
	}
	const say = words[language]
	const carried =
		path === undefined
			? await shownText([settingsPrefix], config)
			: await readTextOrCode(path, picture ?? false)
	const places = { identity: dir, kiosk: config ?? usualConfig, uplink: uplinkConfig, connections }
	await asOwnerOf(dir, dirname(places.kiosk), dirname(places.uplink), connections)
	const installed = await installSettings(carried, places, {
		now: Math.max(Date.now(), buildTime),
		confirm: async (proposal) => {
			printAside(...linesOf(proposal, say))
			return yes === true || /^(yes|s[ií])$/i.test(await answerTo(say.confirm, 'say --yes'))
		},
		passphraseOf: async (network) => {
			for (;;) {
				const answer = await answerTo(say.passphrase(network), `no passphrase for ${network}`)
				if (Passphrase.safeParse(answer).success) return answer
			}
		},
	})
	if (!installed.ok) {
		const { code, detail } = installed.fault
		const machine = ['not-writable', 'file-missing', 'file-unreadable'].includes(code)
		throw new CommandRefused(machine ? exit.environmentFailed : exit.foundWrong, `${detail} (${code})`)
	}
	const { settings, connections: joined } = installed.value
	printLines(`${settings.number}`)
	const joins = settings.network !== undefined && joined !== null
	// Networks first: the uplink may find its broker by them.
	const commands = [...(joins ? ['nmcli connection reload'] : []), 'systemctl restart testigo.target']
	printAside(say.holdAfter, ...commands.map((command) => `  sudo ${command}`))
}

/** Where nobody sits at a terminal, `otherwise` says how to do without. */
async function answerTo(question: string, otherwise: string): Promise<string> {
	if (!process.stdin.isTTY)
		throw new CommandRefused(exit.usedWrongly, `nobody here to be asked: ${otherwise}`)
	const lines = createInterface({ input: process.stdin, output: process.stderr })
	try {
		return (await lines.question(`${printableLine(question)} `)).trim().normalize('NFC')
	} finally {
		lines.close()
	}
}

interface Words {
	readonly title: (campaign: string, number: number, time: string, before: string) => string
	readonly none: string
	readonly custodian: string
	readonly network: string
	readonly centres: string
	readonly list: (issue: number) => string
	/** Of custodians, as long as each other. */
	readonly stays: string
	readonly comes: string
	readonly goes: string
	readonly key: { readonly none: string; readonly asked: string; readonly inCode: string }
	readonly insteadOf: string
	readonly noManager: string
	readonly confirm: string
	readonly passphrase: (network: string) => string
	readonly holdAfter: string
}

const words: Readonly<Record<WordLanguage, Words>> = {
	es: {
		title: (campaign, number, time, before) => `${campaign}: ajustes ${number}, de ${time}; aquí ${before}`,
		none: 'ninguno',
		custodian: 'custodio',
		network: 'red',
		centres: 'centros',
		list: (issue) => `lista n.º ${issue}; hasta que esté aquí, nada cuenta como recibido`,
		stays: 'queda',
		comes: 'NUEVO',
		goes: 'SALE ',
		key: { none: 'sin clave', asked: 'se le pide la contraseña', inCode: 'su clave va en el código' },
		insteadOf: 'en lugar de',
		noManager: 'no se toca: aquí no hay NetworkManager',
		confirm: '¿Poner estos ajustes? Escriba "sí":',
		passphrase: (network) => `Contraseña de la red ${network} (8 a 63 letras, sin acentos):`,
		holdAfter: 'Valen después de:',
	},
	en: {
		title: (campaign, number, time, before) => `${campaign}: settings ${number}, of ${time}; here ${before}`,
		none: 'none',
		custodian: 'custodian',
		network: 'network',
		centres: 'centres',
		list: (issue) => `list no. ${issue}; until it is here, nothing counts as received`,
		stays: 'stays',
		comes: 'NEW  ',
		goes: 'GOES ',
		key: {
			none: 'without a key',
			asked: 'you are asked for its passphrase',
			inCode: 'its key is in the code',
		},
		insteadOf: 'instead of',
		noManager: 'left alone: no NetworkManager here',
		confirm: 'Put these settings in? Type "yes":',
		passphrase: (network) => `Passphrase of the network ${network} (8 to 63 letters, none with an accent):`,
		holdAfter: 'They hold after:',
	},
}

/** What changes, one thing a line. */
function linesOf(
	{ campaign, settings, installed, broker, custodians, connections }: Proposal,
	say: Words,
): string[] {
	const { number, time, network } = settings
	const before = installed?.campaign === campaign ? String(installed.number) : say.none
	const lines = [say.title(campaign, number, time, before)]
	const add = (name: string, what: string) => lines.push(`  ${name.padEnd(10)} ${what}`)
	if (broker !== null) add('broker', `${broker.before ?? say.none} -> ${broker.after}`)
	for (const one of custodians?.after ?? []) {
		add(say.custodian, `${custodians?.before.includes(one) ? say.stays : say.comes} ${one}`)
	}
	for (const one of custodians?.before ?? []) {
		if (!custodians?.after.includes(one)) add(say.custodian, `${say.goes} ${one}`)
	}
	if (settings.centres !== undefined) add(say.centres, say.list(settings.centres.issue))
	if (network === undefined) return lines
	if (connections === null) {
		add(say.network, say.noManager)
		return lines
	}
	for (const { name, key } of network) {
		add(say.network, `${name}, ${key === 'none' || key === 'asked' ? say.key[key] : say.key.inCode}`)
	}
	if (connections.length > 0) add(say.network, `${say.insteadOf} ${connections.join(', ')}`)
	return lines
}

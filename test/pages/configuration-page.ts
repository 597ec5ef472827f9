/** The page of all settings, made from the schemas by which the processes read them. */
import * as z from 'zod'
import { ElectionDefinition } from '#src/acta/election.js'
import { BoardConfig } from '#src/board/config.js'
import { CentralConfig } from '#src/central/config.js'
import { KioskConfig } from '#src/kiosk/config/kiosk-config.js'
import { PublishConfig } from '#src/publishing/config.js'
import { WantedSettings } from '#src/settings/wanted-settings.js'
import { UplinkConfig } from '#src/uplink/config.js'

/** Custodians whose keys nobody has. */
const custodians = [
	'age1rkd57spw77u83masupdvpxsld4p9cgyehal5a5gelwpu8wgrla7s8tcgez',
	'age1lhhdmc98t9j8xl5d9duujvkhyqe9mlat7xg0gz3vzz0za886ygmqhpcakl',
]
const identity = '/etc/testigo/identity'
const centre = { root: `${identity}/root.pem`, publicKey: `${identity}/centre.pem` }

/** Whole files, as a campaign would have them. */
const examples = {
	kiosk: {
		production: true,
		custodians,
		centre,
		camera: {
			kind: 'libcamera-warm',
			cameras: [
				{
					camera: 0,
					role: 'full',
					focus: 4.5,
					exposure: { shutter: 8000, gain: 1 },
					whiteBalance: { red: 1.8, blue: 1.6 },
				},
			],
		},
		tray: { kind: 'gpio', line: 17 },
		button: { kind: 'gpio', line: 27 },
		signals: { light: { line: 5 }, green: { line: 6 }, red: { line: 13 }, buzzer: { line: 19 } },
		panel: { kind: 'lcd', port: '/dev/serial/by-id/usb-Adafruit_LCD_Backpack-if00' },
	},
	uplink: {
		production: true,
		centre,
		broker: {
			url: 'mqtts://broker.example:8883',
			ca: `${identity}/root.pem`,
			certificate: `${identity}/tls.pem`,
			key: `${identity}/tls-key.pem`,
		},
		imageBytesPerSecond: 50_000,
	},
	central: {
		production: true,
		broker: {
			url: 'mqtts://broker.example:8883',
			ca: '/etc/testigo/centre/root.pem',
			certificate: '/etc/testigo/centre/tls.pem',
			key: '/etc/testigo/centre/tls-key.pem',
		},
		metrics: '/var/lib/prometheus/node-exporter/testigo.prom',
	},
	board: {
		listen: {
			address: '192.0.2.7',
			names: ['board.example'],
			tls: { certificate: '/etc/testigo/board.pem', key: '/etc/testigo/board-key.pem' },
			passPhrase: '/etc/testigo/board-pass-phrase.json',
		},
	},
	publish: {
		everySeconds: 600,
		torrent: { trackers: ['udp://tracker.example:6969'] },
	},
	election: {
		id: 've-2030-example',
		title: 'An example',
		code: { digits: [9, 2, 1, 4], centro: 0, mesa: 1, highestMesa: 20 },
		candidates: [
			{ id: 'A', name: 'Candidate A' },
			{ id: 'B', name: 'Candidate B' },
		],
		cards: [
			{ sigla: 'UNO', number: 1, candidate: 'A' },
			{ sigla: 'DOS', candidate: 'B' },
		],
		highestCount: 9999,
	},
	settings: {
		broker: { url: 'mqtts://broker.example:8883' },
		custodians,
		network: [
			{ name: 'open hall', key: 'none' },
			{ name: 'headquarters', key: 'asked' },
		],
	},
} as const

type Schema = z.core.JSONSchema.BaseSchema

interface Row {
	readonly path: string
	readonly type: string
	readonly usual: string
	readonly meaning: string
}

export function configurationPage(): string {
	return `# Configuration

Every setting of every process. Written by \`npm run pages\` from the schemas that read them; the gate fails where this page is not of now.

Kiosk, uplink, centre, board and publishing read one JSON file each. A flag of the command stands over the file (\`testigo <command> --help\`), the file over the defaults. A setting that is not known, stands twice, or has a wrong value is refused at the start, every fault with its path; \`testigo doctor\` says the same without starting anything. A setting without default may be left out unless it is *needed*. Where a thing is had by kinds, the kinds for which a setting counts stand before its meaning.
${section('/etc/testigo/kiosk.json', examples.kiosk, KioskConfig)}
In production a kiosk needs custodians, takes nothing simulated, and pictures pass through tmpfs only. \`publicCrop\` needs custodians. A folder is its own tray. A camera that watches the tray takes no pictures. A display, button or tray that needs no more can be said by its name alone: \`"panel": "terminal"\`.
${section('/etc/testigo/uplink.json', examples.uplink, UplinkConfig)}${section('/etc/testigo/central.json', examples.central, CentralConfig)}${section('/etc/testigo/board.json', examples.board, BoardConfig)}
Without the file it listens on this machine alone; the example is of one that laptops of the centre's network reach ([centre](centre.md)).
${section('/etc/testigo/publish.json', examples.publish, PublishConfig)}
Without the file everything stands where the unit has it; elsewhere the unit writes only where a drop-in of its own lets it (ReadWritePaths). It needs a campaign object and a log's key first ([centre](centre.md)).
${section('Another election', examples.election, ElectionDefinition)}
The file that \`election\` names, for kiosk, centre and board the same. Without it the presidential election of 2024 is meant.
${section('Settings of a campaign', examples.settings, WantedSettings)}
What the authority signs for all kiosks (\`testigo ca settings\`, [provisioning](../README.md)). What is left out stays as each kiosk has it.
`
}

function section(title: string, example: object, schema: z.ZodType): string {
	schema.parse(example)
	const rows = rowsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }), '')
	const lines = rows.map(
		({ path, type, usual, meaning }) => `| \`${path}\` | ${type} | ${usual} | ${meaning} |`,
	)
	return `
## ${title}

| setting | type | default | meaning |
| --- | --- | --- | --- |
${lines.join('\n')}

An example:

\`\`\`json
${laidOut(example)}
\`\`\`
`
}

/** The settings below `path`; those that several kinds have in common once. */
function rowsOf(schema: Schema, path: string): readonly Row[] {
	const variants = (schema.oneOf ?? schema.anyOf ?? []).map(objectOf).filter((variant) => variant.properties)
	if (variants.length === 0) return propertyRows(schema, path)
	if (variants.length === 1) return variants.flatMap((variant) => propertyRows(variant, path))
	const kindsOf = new Map<string, { readonly row: Row; readonly kinds: string[] }>()
	for (const variant of variants) {
		const kinds = kindNames(variant)
		for (const row of propertyRows(variant, path)) {
			const key = JSON.stringify(row)
			const same = kindsOf.get(key)
			if (same === undefined) kindsOf.set(key, { row, kinds: [...kinds] })
			else same.kinds.push(...kinds)
		}
	}
	const merged = [...kindsOf.values()].map(({ row, kinds }) =>
		kinds.length === 0 ? row : { ...row, meaning: `${list(kinds)}: ${row.meaning}` },
	)
	const isKind = (row: Row) => row.path === `${path}.kind`
	const [first, ...others] = merged.filter(isKind)
	const meaning = [first, ...others].map((row) => row?.meaning).join(' ')
	const types = [first, ...others].map((row) => row?.type).join(', ')
	return [
		...(first === undefined ? [] : [{ ...first, type: types, meaning }]),
		...merged.filter((row) => !isKind(row)),
	]
}

function propertyRows(schema: Schema, path: string): readonly Row[] {
	return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
		const below = objectOf(value)
		const isNeeded = schema.required?.includes(name) === true
		return settingRows(path === '' ? name : `${path}.${name}`, below, isNeeded)
	})
}

function settingRows(path: string, schema: Schema, isNeeded: boolean): readonly Row[] {
	if (schema.description === undefined) throw new Error(`the setting ${path} has no description`)
	const usual = schema.default === undefined ? (isNeeded ? 'needed' : '') : code(schema.default)
	const row = { path, type: typeOf(schema), usual, meaning: schema.description }
	const items = schema.items === undefined ? [] : rowsOf(objectOf(schema.items), `${path}[]`)
	const isRecord = schema.propertyNames !== undefined
	const values = isRecord ? rowsOf(objectOf(schema.additionalProperties), `${path}.<name>`) : []
	return [row, ...items, ...values, ...rowsOf(schema, path)]
}

function typeOf(schema: Schema): string {
	const choices = schema.oneOf ?? schema.anyOf
	if (choices !== undefined) {
		const types = choices
			.map(objectOf)
			.map((choice) => (kindNames(choice).length > 0 ? 'object' : typeOf(choice)))
		return [...new Set(types)].join(', or ')
	}
	if (schema.const !== undefined) return list([schema.const])
	if (schema.enum !== undefined) return list(schema.enum)
	const { minimum: least, maximum: most, minItems: fewest = 0, maxItems } = schema
	switch (schema.type) {
		case 'integer':
			return `whole number${range(least, most)}`
		case 'number':
			return `number${range(least, most)}`
		case 'array':
			return `list${range(fewest, maxItems)}`
		case 'boolean':
			return '`true`, `false`'
		case 'null':
			return '`null`'
		case 'object':
			return 'object'
		default:
			return 'text'
	}
}

function range(least: number | undefined, most: number | undefined): string {
	const isOpen = most === undefined || most === Number.MAX_SAFE_INTEGER
	if (least === undefined) return ''
	return isOpen ? `, ${least} or more` : `, ${least} to ${most}`
}

/** The values of its `kind`. */
function kindNames(schema: Schema): readonly string[] {
	const kind = schema.properties?.['kind']
	if (kind === undefined) return []
	const { const: one, enum: several } = objectOf(kind)
	return (several ?? [one]).map(String)
}

function objectOf(schema: unknown): Schema {
	if (!isSchema(schema)) throw new Error('a schema of anything')
	return schema
}

function isSchema(value: unknown): value is Schema {
	return typeof value === 'object' && value !== null
}

/** JSON as a person would lay it out: what is short stands on one line. */
function laidOut(value: unknown, indent = ''): string {
	const inline = JSON.stringify(value, null, 1).replace(/\s*\n\s*/g, ' ')
	if (typeof value !== 'object' || value === null || inline.length + indent.length <= 88) return inline
	const deeper = `${indent}  `
	const isArray = Array.isArray(value)
	const items = Object.entries(value).map(
		([key, item]) => `${deeper}${isArray ? '' : `${JSON.stringify(key)}: `}${laidOut(item, deeper)}`,
	)
	const [open, close] = isArray ? '[]' : '{}'
	return `${open}\n${items.join(',\n')}\n${indent}${close}`
}

function code(value: unknown): string {
	return `\`${JSON.stringify(value)}\``
}

function list(values: readonly unknown[]): string {
	return values.map((value) => `\`${String(value)}\``).join(', ')
}

/** One device: how it does, where it scans, what to do about what is the matter. */
import { html } from '../../platform/html.ts'
import type { DeviceTrouble, DeviceView } from '../view.ts'
import type { PageContext } from './context.ts'
import { ageSince, troubleText } from './devices-page.ts'
import type { PageParts } from './frame.ts'
import { troubleWords } from './words.ts'

const texts = {
	es: {
		device: 'Equipo',
		heard: 'Último aviso',
		never: 'ninguno: no se ha conectado, o lo suyo vino en una memoria',
		held: 'Registros recibidos, de los que dice haber guardado',
		unknown: 'no lo ha dicho',
		actas: 'Actas que cuentan',
		free: 'Espacio libre',
		software: 'Programa',
		says: 'Lo que dice de sí mismo',
		revoked: 'Sin confianza desde el registro',
		where: 'Dónde escanea',
		nowhere: 'Todavía no ha escaneado ninguna mesa de la lista.',
		places: 'Municipio',
		tables: 'Mesas',
		todo: 'Qué hacer',
		well: 'Nada: está bien.',
		all: 'Todos los equipos',
	},
	en: {
		device: 'Device',
		heard: 'Last heard',
		never: 'never: it has not connected, or what is its came on a stick',
		held: 'Entries received, of those that it says to have recorded',
		unknown: 'not said',
		actas: 'Actas that count',
		free: 'Free space',
		software: 'Software',
		says: 'What it says of itself',
		revoked: 'Not trusted after entry',
		where: 'Where it scans',
		nowhere: 'It has scanned no table of the register yet.',
		places: 'Municipality',
		tables: 'Tables',
		todo: 'What to do',
		well: 'Nothing: it is well.',
		all: 'All devices',
	},
}

const remedies: Readonly<Record<'es' | 'en', Readonly<Record<DeviceTrouble, string>>>> = {
	es: {
		silent:
			'Llame a quien lo tiene. Lo guardado no se pierde: si no hay red, que exporte a una memoria y la traiga.',
		offline:
			'Su red se cayó. Sigue guardando; cuando vuelva la red envía lo que falta. Si no vuelve, una memoria.',
		'cannot-scan': 'Que alguien mire su pantalla: dice qué parte falta (cámara, bandeja, disco).',
		full: 'Su disco está casi lleno. Que exporte a una memoria, y mande un técnico.',
		paused:
			'El centro ya no guarda más de él por ahora, por su cuota: mire qué envía, y súbala si es de fiar.',
		behind:
			'Tiene registros que no han llegado. Si su red es lenta, espere; si no baja, que exporte a una memoria.',
		parked:
			'El centro rechazó algunos envíos suyos, y los intenta despacio: mire el registro de sucesos del centro.',
		'no-clock': 'No sabe la hora: sus registros valen igual, pero dicen mal el día. Que alguien la ponga.',
	},
	en: {
		silent:
			'Call whoever has it. What is recorded is not lost: without a network let it export to a stick, and bring that.',
		offline:
			'Its network is gone. It goes on recording, and sends the rest when the network is back; else a stick.',
		'cannot-scan': 'Have somebody look at its display: it says which part is missing (camera, tray, disk).',
		full: 'Its disk is nearly full. Let it export to a stick, and send a technician.',
		paused:
			'The centre keeps no more of it for now, by its quota: look at what it sends, and raise it if it is to be trusted.',
		behind:
			'It has entries that have not arrived. With a slow network wait; if they do not become fewer, let it export to a stick.',
		parked: "The centre refused some of what it sent, and it tries them slowly: look at the centre's log.",
		'no-clock':
			'It does not know the time: its entries count as well, but name a wrong day. Have somebody set it.',
	},
}

export function devicePage(context: PageContext, device: DeviceView): PageParts {
	const { number } = context
	const t = context.in(texts)
	const { id, heardMs, held, recorded, actas, freeBytes, software, trouble, revokedLast, municipalities } =
		device
	const facts: readonly (readonly [string, unknown])[] = [
		[t.heard, heardMs === null ? t.never : html`${ageSince(context, heardMs)} (${context.time(heardMs)})`],
		[t.held, `${number(held)} / ${recorded === null ? t.unknown : number(recorded)}`],
		[t.actas, number(actas)],
		[t.free, freeBytes === null ? t.unknown : gigabytes(context, freeBytes)],
		[t.software, software ?? t.unknown],
		[t.says, trouble],
		[t.revoked, revokedLast === null ? null : number(revokedLast)],
	]
	const shown = facts.map(([name, value]) =>
		value === null ? null : html`<div><dt>${name}</dt><dd>${value as string}</dd></div>`,
	)
	const troubles = context.in(troubleWords)
	const remedy = context.in(remedies)
	const todo = device.troubles.map(
		(one) => html`<li><strong class="trouble">${troubles[one]}</strong>: ${remedy[one]}</li>`,
	)
	const where = municipalities.map(
		({ names, tables }) =>
			html`<tr><th scope="row"><a href="${context.to({ page: 'coverage', names })}">${names.join(' › ')}</a></th><td class="number">${number(tables)}</td></tr>`,
	)
	const contradicts = context.view.contradicting().find((one) => one.id === id)
	const differs =
		contradicts === undefined
			? null
			: context.in({
					es: html`<p class="warning">Difiere en <strong>${number(contradicts.differs)} de ${number(contradicts.shared)}</strong> mesas que otros también vieron. <a href="${context.to({ page: 'devices' })}">Qué hacer</a></p>`,
					en: html`<p class="warning">It differs on <strong>${number(contradicts.differs)} of ${number(contradicts.shared)}</strong> tables that others saw too. <a href="${context.to({ page: 'devices' })}">What to do</a></p>`,
				})
	const troubled = troubleText(context, device)
	return {
		title: `${t.device} ${id}`,
		trail: html`<p class="back"><a href="${context.to({ page: 'devices' })}">${t.all}</a></p>`,
		content: html`${troubled === '' ? null : html`<p><strong class="trouble">${troubled}</strong></p>`}
${differs}
<dl class="facts">${shown}</dl>
<h2>${t.todo}</h2>
${todo.length === 0 ? html`<p>${t.well}</p>` : html`<ul>${todo}</ul>`}
<h2>${t.where}</h2>
${where.length === 0 ? html`<p>${t.nowhere}</p>` : html`<table><thead><tr><th scope="col">${t.places}</th><th scope="col" class="number">${t.tables}</th></tr></thead><tbody>${where}</tbody></table>`}`,
	}
}

function gigabytes({ language }: PageContext, bytes: number): string {
	return `${(bytes / 1e9).toLocaleString(language, { maximumFractionDigits: 1 })} GB`
}

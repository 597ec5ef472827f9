/** Words that stand on more than one page. */
import type { PageLanguage } from '../../platform/shown.ts'
import type { Method, TableState } from '../../tally/figures.ts'
import type { DeviceTrouble } from '../view.ts'

export type Texts<T> = Readonly<Record<PageLanguage, T>>

/** Of one table: "Mesa 02: en disputa". */
export const stateWords: Texts<Readonly<Record<TableState, string>>> = {
	es: {
		counted: 'contada',
		conflict: 'en disputa',
		unread: 'sin leer',
		quarantine: 'en cuarentena',
		void: 'anulada',
		missing: 'falta',
	},
	en: {
		counted: 'counted',
		conflict: 'in dispute',
		unread: 'unread',
		quarantine: 'in quarantine',
		void: 'void',
		missing: 'missing',
	},
}

/** Of many. */
export const statesWords: Texts<Readonly<Record<TableState, string>>> = {
	es: {
		counted: 'Contadas',
		conflict: 'En disputa',
		unread: 'Sin leer',
		quarantine: 'En cuarentena',
		void: 'Anuladas',
		missing: 'Faltan',
	},
	en: {
		counted: 'Counted',
		conflict: 'In dispute',
		unread: 'Unread',
		quarantine: 'In quarantine',
		void: 'Void',
		missing: 'Missing',
	},
}

/** What each means for a table, in a sentence. */
export const stateMeanings: Texts<Readonly<Record<TableState, string>>> = {
	es: {
		counted: 'Todo lo que se leyó de ella dice lo mismo.',
		conflict: 'Hay lecturas que dicen cosas distintas. Se muestran todas; en la suma no entra ninguna.',
		unread: 'Su acta llegó y se sabe de qué mesa es, pero sus cifras no se han podido leer.',
		quarantine: 'Solo hay lo que envió un equipo al que se le retiró la confianza.',
		void: 'Solo hay lo que su equipo marcó como error, o lo que un fallo de dos personas excluye.',
		missing: 'No ha llegado nada de ella.',
	},
	en: {
		counted: 'All that was read of it says the same.',
		conflict: 'Readings of it say different things. All are shown; none is in the sum.',
		unread: 'Its acta came and its table is known, but nobody could read its figures yet.',
		quarantine: 'There is nothing but what a device sent that is no longer trusted.',
		void: 'There is nothing but what its device marked as a mistake, or what a ruling of two people excludes.',
		missing: 'Nothing of it has come.',
	},
}

export const methodWords: Texts<Readonly<Record<Method | 'none', string>>> = {
	es: { qr: 'leída del QR', ocr: 'leída de lo impreso', people: 'leída por personas', none: 'sin leer' },
	en: { qr: 'read from the QR code', ocr: 'read from the print', people: 'read by people', none: 'not read' },
}

export const troubleWords: Texts<Readonly<Record<DeviceTrouble, string>>> = {
	es: {
		silent: 'callado',
		offline: 'sin conexión',
		'cannot-scan': 'no puede escanear',
		full: 'disco lleno',
		paused: 'en pausa por su cuota',
		behind: 'atrasado',
		parked: 'envíos apartados',
		'no-clock': 'sin hora',
	},
	en: {
		silent: 'silent',
		offline: 'offline',
		'cannot-scan': 'cannot scan',
		full: 'disk full',
		paused: 'paused by its quota',
		behind: 'behind',
		parked: 'entries parked',
		'no-clock': 'no clock',
	},
}

export const commonWords = {
	es: {
		state: 'Estado',
		municipality: 'Municipio',
		parish: 'Parroquia',
		centre: 'Centro',
		table: 'Mesa',
		tables: 'Mesas',
		electors: 'Electores',
		device: 'Equipo',
		devices: 'Equipos',
		entry: 'Registro',
		unlisted: 'no está en la lista de mesas',
		country: 'País',
		null: 'Nulos',
		empty: 'En blanco',
		confirmed: 'confirmada por dos fuentes',
		single: 'una sola fuente',
	},
	en: {
		state: 'State',
		municipality: 'Municipality',
		parish: 'Parish',
		centre: 'Centre',
		table: 'Table',
		tables: 'Tables',
		electors: 'Electors',
		device: 'Device',
		devices: 'Devices',
		entry: 'Entry',
		unlisted: 'not in the register of tables',
		country: 'Country',
		null: 'Null',
		empty: 'Empty',
		confirmed: 'confirmed by two sources',
		single: 'a single source',
	},
} satisfies Texts<Readonly<Record<string, string>>>

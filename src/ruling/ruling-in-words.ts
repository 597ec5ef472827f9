/** What an officer is about to sign, in plain Spanish and English, beside what a centre's records say of the table. Pure. */
import type { Ruling, RulingReason } from '../evidence/ruling.ts'
import type { TableState } from '../tally/figures.ts'
import type { TableDetail, TableEntry } from '../tally/table-detail.ts'

export interface ShownRuling extends Pick<Ruling, 'table' | 'excludes' | 'reason' | 'rests' | 'replaces'> {
	readonly officer: string
	/** Who signed the same before, and whether by a key that the authority lists; null for the first. */
	readonly signedBy: { readonly officer: string; readonly isChecked: boolean } | null
}

/**
 * `seen`: the table as the records have it, undefined where they say nothing of it; null where none were given. Each
 * language's lines stand together.
 */
export function rulingInWords(
	ruling: ShownRuling,
	seen: TableDetail | undefined | null,
): { readonly es: readonly string[]; readonly en: readonly string[] } {
	return { es: linesIn(spanish, ruling, seen), en: linesIn(english, ruling, seen) }
}

interface Words {
	readonly states: Readonly<Record<TableState, string>>
	readonly reasons: Readonly<Record<RulingReason, string>>
	readonly standings: Readonly<Record<TableEntry['standing'], string>>
	readonly heading: (officer: string, table: string) => string
	readonly again: (other: string) => string
	readonly againUnchecked: (other: string) => string
	readonly noRecords: string
	readonly notHeld: string
	readonly held: (state: string, versions: number) => string
	readonly version: (number: number) => string
	readonly votes: (candidates: string, nulls: number, empty: number) => string
	readonly entry: (device: string, seq: number) => string
	readonly machine: string
	readonly people: string
	readonly unread: string
	readonly excluded: string
	readonly excludes: (count: number) => string
	readonly excludesNothing: string
	readonly unknownEntry: string
	readonly reason: string
	readonly restsOnPaper: string
	readonly restsOn: string
	readonly replaces: string
	readonly effect: string
	readonly custody: string
}

const spanish: Words = {
	states: {
		missing: 'falta',
		unread: 'sin leer',
		counted: 'contada',
		conflict: 'en conflicto',
		quarantine: 'en cuarentena',
		void: 'anulada',
	},
	reasons: {
		misread: 'mal leída',
		'not-the-paper': 'la imagen no es de este papel',
		'forged-paper': 'el papel es falso',
		'another-table': 'el papel es de otra mesa',
		replaced: 'sustituida por otra',
		other: 'otra razón',
	},
	standings: { good: 'válido', void: 'anulado por su quiosco', disowned: 'de un quiosco revocado' },
	heading: (officer, table) => `Decisión de ${officer} sobre la mesa ${table}`,
	again: (other) =>
		`La misma decisión que ya firmó ${other}: la firma es de su clave, por el registro de la autoridad.`,
	againUnchecked: (other) =>
		`La misma decisión que, según quien la trajo, ya firmó ${other}. SIN COMPROBAR: aquí no hay registro de la autoridad con su clave (--directory). En el centro solo cuenta si la firmó.`,
	noRecords: 'Sin los registros del centro (--directory) no se puede mostrar qué dice cada registro.',
	notHeld: 'En estos registros del centro no hay nada de esta mesa.',
	held: (state, versions) => `En los registros del centro: ${state}, ${versions} versiones.`,
	version: (number) => `Versión ${number}:`,
	votes: (candidates, nulls, empty) => `${candidates}; nulos ${nulls}, en blanco ${empty}`,
	entry: (device, seq) => `Registro ${seq} de ${device}`,
	machine: 'leído por máquina',
	people: 'leído por personas',
	unread: 'sin leer',
	excluded: 'NO CONTARÁ',
	excludes: (count) => `No contarán para esta mesa ${count} registros:`,
	excludesNothing: 'No se excluye ningún registro.',
	unknownEntry: 'no está entre los registros de esta mesa: ¿es la copia más nueva?',
	reason: 'Razón',
	restsOnPaper: 'Se basa en el papel mismo.',
	restsOn: 'Se basa en lo que leyeron personas',
	replaces: 'Sustituye a las decisiones',
	effect:
		'Cuenta cuando dos responsables han firmado lo mismo. Nada se borra: las sumas se dan con y sin decisiones. Es pública para siempre.',
	custody: 'Una firma prueba quién decidió, no que el papel sea auténtico.',
}

const english: Words = {
	states: {
		missing: 'missing',
		unread: 'unread',
		counted: 'counted',
		conflict: 'in conflict',
		quarantine: 'in quarantine',
		void: 'void',
	},
	reasons: {
		misread: 'misread',
		'not-the-paper': 'the picture is not of this paper',
		'forged-paper': 'the paper is forged',
		'another-table': 'the paper is of another table',
		replaced: 'replaced by another',
		other: 'another reason',
	},
	standings: { good: 'good', void: 'marked as a mistake by its kiosk', disowned: 'by a revoked kiosk' },
	heading: (officer, table) => `Ruling of ${officer} on table ${table}`,
	again: (other) => `The same that ${other} has signed: by its key, as the authority's registry lists it.`,
	againUnchecked: (other) =>
		`The same that, as whoever brought it says, ${other} has signed. NOT CHECKED: here is no registry of the authority's with its key (--directory). At the centre it counts only if it did.`,
	noRecords: "Without the centre's records (--directory) it can't be shown what each entry says.",
	notHeld: "These records of the centre's hold nothing of this table.",
	held: (state, versions) => `In the centre's records: ${state}, ${versions} versions.`,
	version: (number) => `Version ${number}:`,
	votes: (candidates, nulls, empty) => `${candidates}; null ${nulls}, empty ${empty}`,
	entry: (device, seq) => `Entry ${seq} of ${device}`,
	machine: 'read by a machine',
	people: 'read by people',
	unread: 'unread',
	excluded: 'WILL NOT COUNT',
	excludes: (count) => `These ${count} entries will not count for this table:`,
	excludesNothing: 'No entry is excluded.',
	unknownEntry: 'is not among the entries of this table: is it the newest copy?',
	reason: 'Reason',
	restsOnPaper: 'It rests on the paper itself.',
	restsOn: 'It rests on what people read',
	replaces: 'It replaces the rulings',
	effect:
		'It counts once two officers have signed the same. Nothing is deleted: sums are given with and without rulings. It is public for ever.',
	custody: 'A signature proves who ruled, not that the paper is genuine.',
}

function linesIn(words: Words, ruling: ShownRuling, seen: TableDetail | undefined | null): string[] {
	const { officer, table, signedBy, excludes, reason, rests, replaces = [] } = ruling
	const named = (ids: readonly string[]) => ids.map((id) => `  ${id}`)
	const known = new Set(seen?.entries.map(({ by }) => by.id))
	return [
		words.heading(officer, table),
		...(signedBy === null
			? []
			: [(signedBy.isChecked ? words.again : words.againUnchecked)(signedBy.officer)]),
		...recordsLines(words, seen, excludes),
		...(excludes.length === 0 ? [words.excludesNothing] : [words.excludes(excludes.length)]),
		...excludes.map((id) => {
			const isUnknown = seen !== null && !known.has(id)
			return `  ${id}${isUnknown ? `: ${words.unknownEntry}` : ''}`
		}),
		`${words.reason}: ${words.reasons[reason]} (${reason}).`,
		...(rests === 'paper' ? [words.restsOnPaper] : [`${words.restsOn}:`, ...named(rests)]),
		...(replaces.length === 0 ? [] : [`${words.replaces}:`, ...named(replaces)]),
		words.effect,
		words.custody,
	]
}

function recordsLines(
	words: Words,
	seen: TableDetail | undefined | null,
	excludes: readonly string[],
): string[] {
	if (seen === null) return [words.noRecords]
	if (seen === undefined) return [words.notHeld]
	const versions = seen.versions.map(({ votes, recordedBy, methods }, index) => {
		const candidates = Object.entries(votes.candidates).map(([id, count]) => `${id} ${count}`)
		const said = words.votes(candidates.join(', '), votes.nullVotes, votes.emptyVotes)
		const by = recordedBy.map(({ device, seq }) => words.entry(device, seq)).join(', ')
		return `  ${words.version(index + 1)} ${said} (${methods.join(', ')}; ${by})`
	})
	const entries = seen.entries.map(({ by, standing, machineText, peopleText }) => {
		const said = [
			...(machineText === null ? [] : [`${words.machine}: ${machineText}`]),
			...(peopleText === null ? [] : [`${words.people}: ${peopleText}`]),
		]
		const mark = excludes.includes(by.id) ? ` ${words.excluded}` : ''
		const what = said.length === 0 ? words.unread : said.join('; ')
		return `  ${words.entry(by.device, by.seq)}, ${by.id}, ${words.standings[standing]}: ${what}${mark}`
	})
	return [words.held(words.states[seen.state], seen.versions.length), ...versions, ...entries]
}

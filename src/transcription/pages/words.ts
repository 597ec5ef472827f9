/** What the reading station's pages say. */
import type { UnreadableReason } from '../../evidence/transcription.ts'
import type { PageLanguage } from '../../platform/shown.ts'
import type { FieldFault, SignatureBox } from '../station/typed.ts'

interface Words {
	readonly title: string
	/** The other language, in that language. */
	readonly other: string
	readonly progress: (answered: number, papers: number) => string
	readonly read: string
	readonly answers: string
	readonly picture: string
	readonly pictureOf: (number: number, pictures: number) => string
	readonly tools: string
	readonly zoomIn: string
	readonly zoomOut: string
	readonly turn: string
	readonly contrast: string
	readonly nextPicture: string
	readonly keys: string
	readonly code: string
	readonly codeHint: string
	readonly centro: (digits: number) => string
	readonly mesa: (digits: number) => string
	readonly codePart: (digits: number) => string
	readonly votes: string
	readonly votesHint: string
	readonly nullVotes: string
	readonly emptyVotes: string
	readonly rest: string
	readonly signatures: string
	readonly signaturesHint: string
	readonly box: (number: number) => string
	readonly boxes: Readonly<Record<SignatureBox, string>>
	readonly check: string
	readonly unreadable: string
	readonly unreadableHint: string
	readonly reasons: Readonly<Record<UnreadableReason, string>>
	readonly faults: Readonly<Record<FieldFault['code'], (most: number) => string>>
	readonly faultsTitle: string
	readonly faultMark: string
	readonly changing: string
	readonly compare: string
	readonly compareHint: string
	readonly totals: Readonly<Record<'total' | 'valid' | 'nullVotes' | 'emptyVotes', string>>
	readonly save: string
	readonly correct: string
	readonly savedNotTrue: string
	readonly doneTitle: string
	readonly doneHint: string
	readonly missingTitle: string
	readonly laterTitle: string
	readonly laterHint: string
	readonly emptyTitle: string
	readonly emptyHint: string
	readonly answersTitle: string
	readonly answersHint: string
	readonly noAnswers: string
	readonly table: string
	readonly said: string
	readonly change: string
	readonly notShown: (papers: number) => string
	readonly notSaved: string
	readonly notSavedHint: string
	readonly answeredTitle: string
	readonly answeredHint: string
	readonly goOn: string
	readonly notFound: string
	readonly notFoundHint: string
	readonly linkUsed: string
	readonly linkUsedHint: string
}

const es: Words = {
	title: 'Lectura de actas',
	other: 'English',
	progress: (answered, papers) => `${answered} de ${papers}`,
	read: 'Leer',
	answers: 'Mis respuestas',
	picture: 'Foto del acta',
	pictureOf: (number, pictures) => `Foto ${number} de ${pictures} del acta`,
	tools: 'Ver la foto',
	zoomIn: 'Acercar (+)',
	zoomOut: 'Alejar (−)',
	turn: 'Girar (/)',
	contrast: 'Contraste (*)',
	nextPicture: 'Otra foto (.)',
	keys: 'Enter pasa al campo siguiente. En los campos: + − / * cambian la foto, AvPág y RePág la mueven, N: no se lee.',
	code: 'Código del acta',
	codeHint: 'Está impreso debajo de «Acta de escrutinio»: números separados por puntos.',
	centro: (digits) => `Centro (${digits} cifras)`,
	mesa: (digits) => `Mesa (${digits} cifras)`,
	codePart: (digits) =>
		digits === 1 ? 'Siguiente (1 cifra), si se lee' : `Siguiente (${digits} cifras), si se lee`,
	votes: 'Votos por tarjeta, en el orden del papel',
	votesHint:
		'Escriba la cifra que está impresa, también el 0. Si las letras dicen otra cosa que la cifra, copie la cifra.',
	nullVotes: 'Votos nulos',
	emptyVotes: 'Votos vacíos',
	rest: 'Nulos y vacíos',
	signatures: 'Firmas, de arriba abajo',
	signaturesHint: 'Solo si hay algo escrito en la casilla; nunca un nombre. Teclas: 1, 2, 3.',
	box: (number) => `Casilla ${number}`,
	boxes: { filled: 'Firmada', empty: 'Vacía', 'not-visible': 'No se ve' },
	check: 'Comprobar',
	unreadable: 'No se lee (N)',
	unreadableHint:
		'Elija por qué. Si el código se lee, escríbalo antes arriba: ayuda a saber de qué mesa es el papel.',
	reasons: {
		'no-acta': 'No es un acta',
		blurred: 'Está borrosa',
		faded: 'La impresión está desteñida',
		covered: 'Algo la tapa',
		'cut-off': 'Está cortada',
		'another-election': 'Es de otra elección',
		other: 'Por otra causa',
	},
	faults: {
		empty: () => 'Falta este número. Si el papel dice 0, escriba 0.',
		'not-digits': () => 'Solo cifras, del 0 al 9.',
		'wrong-length': (most) => (most === 1 ? 'Es una sola cifra.' : `Son ${most} cifras.`),
		'too-large': (most) => `No puede ser más que ${most}: el papel no tiene sitio para más.`,
		'not-chosen': () => 'Elija una de las tres.',
	},
	faultsTitle: 'Hay algo que corregir',
	faultMark: 'Corregir:',
	changing: 'Usted ya respondió a este papel. Lo que guarde ahora reemplaza aquella respuesta.',
	compare: 'Compare con el papel',
	compareHint:
		'Esto suma lo que usted escribió. Compárelo con el «Resumen de votos». Si no es igual, revise cada cifra; si el papel mismo no suma, guarde lo que dice el papel.',
	totals: { total: 'Votos', valid: 'Votos válidos', nullVotes: 'Votos nulos', emptyVotes: 'Votos vacíos' },
	save: 'Guardar y pasar al siguiente',
	correct: 'Corregir',
	savedNotTrue: 'Se firma que esta estación leyó esto en la foto, no que el papel sea auténtico.',
	doneTitle: 'Todo está leído',
	doneHint:
		'Puede cerrar esta página. En la terminal, termine con Ctrl+C: lo leído va entonces a la memoria USB para el centro.',
	missingTitle: 'Faltan fotos',
	laterTitle: 'El disco no contesta',
	laterHint: 'Espere un momento y pulse «Seguir leyendo». Lo guardado está seguro.',
	emptyTitle: 'No hay papeles que leer',
	emptyHint: 'Esta cola está vacía. Pida otra a quien la preparó.',
	answersTitle: 'Mis respuestas',
	answersHint:
		'Solo las de esta estación, la última primero. Para cambiar una, ábrala: la nueva reemplaza la anterior.',
	noAnswers: 'Todavía no hay ninguna.',
	table: 'Mesa',
	said: 'Respuesta',
	change: 'Cambiar',
	notShown: (papers) =>
		papers === 1
			? 'De un papel falta la foto, o no es la que se firmó. Avise a quien preparó la cola.'
			: `De ${papers} papeles falta la foto, o no es la que se firmó. Avise a quien preparó la cola.`,
	notSaved: 'No se guardó',
	notSavedHint: 'Lo guardado antes está seguro. Termine en la terminal, mire qué dice, y comience de nuevo.',
	answeredTitle: 'Este papel ya tiene otra respuesta',
	answeredHint: 'Se respondió en otra ventana. Ábralo de nuevo si quiere cambiarla.',
	goOn: 'Seguir leyendo',
	notFound: 'Esta página no existe',
	notFoundHint: 'Quizá el papel era de otra cola.',
	linkUsed: 'Este enlace ya se usó',
	linkUsedHint: 'Solo abre una vez. Pulse Enter en la terminal: da otro, y cierra la ventana de antes.',
}

const en: Words = {
	title: 'Reading tally sheets',
	other: 'Español',
	progress: (answered, papers) => `${answered} of ${papers}`,
	read: 'Read',
	answers: 'My answers',
	picture: 'Picture of the tally sheet',
	pictureOf: (number, pictures) => `Picture ${number} of ${pictures} of the tally sheet`,
	tools: 'See the picture',
	zoomIn: 'Closer (+)',
	zoomOut: 'Farther (−)',
	turn: 'Turn (/)',
	contrast: 'Contrast (*)',
	nextPicture: 'Another picture (.)',
	keys: 'Enter goes on to the next field. In the fields: + − / * change the picture, Page Up and Page Down move it, N: can’t be read.',
	code: 'Code of the tally sheet',
	codeHint: 'Printed below “Acta de escrutinio”: numbers between dots.',
	centro: (digits) => `Centre (${digits} digits)`,
	mesa: (digits) => `Table (${digits} digits)`,
	codePart: (digits) =>
		digits === 1 ? 'Next part (1 digit), if legible' : `Next part (${digits} digits), if legible`,
	votes: 'Votes by card, in the order of the paper',
	votesHint:
		'Type the figure that is printed, also 0. Where the words say something else than the figure, copy the figure.',
	nullVotes: 'Null votes',
	emptyVotes: 'Empty votes',
	rest: 'Null and empty',
	signatures: 'Signatures, from top to bottom',
	signaturesHint: 'Only whether something is written in the box; never a name. Keys: 1, 2, 3.',
	box: (number) => `Box ${number}`,
	boxes: { filled: 'Signed', empty: 'Empty', 'not-visible': 'Not visible' },
	check: 'Check',
	unreadable: 'Can’t be read (N)',
	unreadableHint:
		'Choose why. Where the code can be read, type it above first: it helps to know of which table the paper is.',
	reasons: {
		'no-acta': 'It is no tally sheet',
		blurred: 'It is blurred',
		faded: 'The print is faded',
		covered: 'Something covers it',
		'cut-off': 'It is cut off',
		'another-election': 'It is of another election',
		other: 'Another reason',
	},
	faults: {
		empty: () => 'This number is missing. Where the paper says 0, type 0.',
		'not-digits': () => 'Digits only, 0 to 9.',
		'wrong-length': (most) => (most === 1 ? 'It is one digit.' : `It has ${most} digits.`),
		'too-large': (most) => `It can’t be over ${most}: the paper has no room for more.`,
		'not-chosen': () => 'Choose one of the three.',
	},
	faultsTitle: 'Something has to be corrected',
	faultMark: 'Correct:',
	changing: 'You have answered this paper before. What you save now replaces that answer.',
	compare: 'Compare with the paper',
	compareHint:
		'This adds up what you typed. Compare it with “Resumen de votos”. Where it is not the same, look at each figure again; where the paper itself does not add up, save what the paper says.',
	totals: { total: 'Votes', valid: 'Valid votes', nullVotes: 'Null votes', emptyVotes: 'Empty votes' },
	save: 'Save and go on to the next',
	correct: 'Correct',
	savedNotTrue:
		'What is signed is that this station read this in the picture, not that the paper is genuine.',
	doneTitle: 'All is read',
	doneHint:
		'You can close this page. At the terminal, end with Ctrl+C: what was read then goes onto the USB stick for the centre.',
	missingTitle: 'Pictures are missing',
	laterTitle: 'The disk does not answer',
	laterHint: 'Wait a moment, then press “Go on reading”. What was saved is safe.',
	emptyTitle: 'There are no papers to read',
	emptyHint: 'This queue is empty. Ask who made it for another.',
	answersTitle: 'My answers',
	answersHint:
		'Of this station only, the last one first. To change one, open it: the new one replaces the one before.',
	noAnswers: 'There are none yet.',
	table: 'Table',
	said: 'Answer',
	change: 'Change',
	notShown: (papers) =>
		papers === 1
			? 'Of one paper the picture is missing, or is not the one that was signed. Tell who made the queue.'
			: `Of ${papers} papers the picture is missing, or is not the one that was signed. Tell who made the queue.`,
	notSaved: 'It was not saved',
	notSavedHint: 'What was saved before is safe. End it at the terminal, see what that says, and begin again.',
	answeredTitle: 'This paper has another answer already',
	answeredHint: 'It was answered in another window. Open it again if you want to change that.',
	goOn: 'Go on reading',
	notFound: 'There is no such page',
	notFoundHint: 'Perhaps the paper was of another queue.',
	linkUsed: 'This link was used',
	linkUsedHint:
		'It opens once only. Press Enter at the terminal: that gives another, and closes the window before.',
}

export const words: Readonly<Record<PageLanguage, Words>> = { es, en }

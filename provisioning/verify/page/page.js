/** The page. Text from outside is only ever set as text. */
import { checkArchive, isArchive } from './archive.js'
import { manyAtOnce } from './archive-files.js'
import { linesOfArchive, whereInArchive } from './archive-shown.js'
import { Counted } from './counting.js'
import { Election, readElection } from './election.js'
import { codeOf } from './faults.js'
import { inGroups } from './fingerprint.js'
import { checkJournal } from './journal.js'
import { checkLedger } from './ledger.js'
import { openObject } from './objects.js'
import { checkPeople } from './people.js'
import { presidential2024 } from './presidential-2024.js'
import { checkProof, keysAmong, proofEnding } from './proof.js'
import { linesOfProof } from './proof-shown.js'
import { readRegister } from './register.js'
import { meanings, words } from './words.js'

/** By the file that holds the records. */
const checks = {
	'entries.jws': ['journal', checkJournal],
	'ledger.jws': ['ledger', checkLedger],
	'transcriptions.jws': ['transcriptions', (...of) => checkPeople('transcriptions', ...of)],
	'rulings.jws': ['rulings', (...of) => checkPeople('rulings', ...of)],
}

/**
 * The same report as `testigo verify --json`, without its words. `counted` takes in what verifies of a ledger;
 * `isRehearsal`: that is what was asked for.
 */
export async function check(files, { progress = () => {}, counted = null, isRehearsal = false } = {}) {
	const main = Object.keys(checks).find((name) => files.has(name))
	const [kind, look] = isArchive(files)
		? ['archive', () => checkArchive(files, { isRehearsal, progress })]
		: (checks[main] ?? [null])
	if (kind === null) return { kind: null, whole: false, fault: { code: 'nothing-to-check' } }
	return orRefused(kind, async () => {
		const { faults, ...report } = await look(files, progress, counted)
		return { kind, whole: faults.count === 0, ...report, faults: faults.kept, faultCount: faults.count }
	})
}

/** The same of the proof of one acta, by `files` of an archive's keys/ and campaign/. */
export function checkProofFile(proof, files, { isRehearsal = false } = {}) {
	return orRefused('proof', async () =>
		checkProof(new Uint8Array(await proof.arrayBuffer()), files, isRehearsal),
	)
}

async function orRefused(kind, look) {
	try {
		return await look()
	} catch (error) {
		// What a browser throws when a file can't be read any more.
		const code = error instanceof DOMException ? 'unreadable' : codeOf(error)
		return { kind, whole: false, fault: { code } }
	}
}

/**
 * The report of a ledger and its figures (null where nothing could be checked), by `register.csv` and `election.json` in
 * its folder; without the first every table is unlisted, without the second the election is that of 2024.
 */
export async function tally(files, progress) {
	const definition = files.get('election.json')
	const election = definition === undefined ? new Election(presidential2024) : await readElection(definition)
	const tables = files.get('register.csv')
	const register = tables === undefined ? null : await readRegister(tables, election)
	const counted = new Counted(election)
	const report = await check(files, { progress, counted })
	return { report, figures: report.fault ? null : counted.figures(register) }
}

/** A browser verifies nothing on a page that came to it in the open (Web Cryptography API, "SecureContext"). */
const canVerify = crypto.subtle !== undefined

export const element = (name) => document.getElementById(name)
export let language = navigator.language.startsWith('en') ? 'en' : 'es'
export let last = null
/** The figures of a ledger, or the code of why there are none. */
let lastFigures = null
/** The proof of an acta that waits for keys; and by what the next one can be checked. */
let waitingProof = null
let givenKeys = null

export function show() {
	const say = words[language]
	document.documentElement.lang = language
	for (const name of [
		'language',
		'title',
		'intro',
		'here',
		'choose',
		'chooseProof',
		'asRehearsal',
		'custody',
		'limits',
	])
		element(name).textContent = say[name]
	element('drop').hidden = !canVerify
	element('insecure').hidden = canVerify
	element('insecure').replaceChildren(...Object.values(words).map(({ insecure }) => paragraph(insecure)))
	element('result').hidden = last === null
	if (last === null) return
	const meaning = (code) => `${code}: ${meanings[code]?.[language === 'es' ? 0 : 1] ?? ''}`
	const codes = [last.fault, ...(last.faults ?? [])].filter(Boolean).map(({ code }) => code)
	const isEmpty = codes.length === 1 && codes[0] === 'nothing-to-check'
	const [whole, wrong] = last.kind === 'proof' ? [say.proved, say.notProved] : [say.whole, say.wrong]
	element('verdict').textContent = last.whole ? whole : isEmpty ? say.nothingToCheck : wrong
	element('verdict').className = last.whole ? 'whole' : 'wrong'
	element('summary').replaceChildren(...summaryOf(last, say, meaning).map(paragraph))
	const faults = (last.faults ?? []).map((fault) => {
		const isOfArchive = last.kind === 'archive' || last.kind === 'proof'
		const where = isOfArchive ? whereInArchive(fault, say) : whereOf(fault, say)
		return Object.assign(document.createElement('li'), {
			textContent: spelledOut([where, meaning(fault.code)].filter(Boolean).join(': ')),
		})
	})
	const more = (last.faultCount ?? 0) - faults.length
	if (more > 0)
		faults.push(Object.assign(document.createElement('li'), { textContent: `… ${more} ${say.more}` }))
	element('faults').replaceChildren(...faults)
	element('figures').replaceChildren(...shownFigures(lastFigures, say, meaning))
}

function whereOf({ file, line, seq, device }, say) {
	const inFile = `${say.line} ${line}${file === undefined ? '' : ` ${say.of} ${file}`}`
	return [inFile, seq && `${say.entry} ${seq}`, device].filter(Boolean).join(', ')
}

function shownFigures(figures, say, meaning) {
	if (figures === null) return []
	if (typeof figures === 'string') return [paragraph(`${say.notCounted}: ${meaning(figures)}`)]
	const save = Object.assign(document.createElement('a'), {
		textContent: say.save,
		download: 'figures.json',
		href: URL.createObjectURL(
			new Blob([JSON.stringify({ figures, note: say.custody })], { type: 'application/json' }),
		),
	})
	const heading = Object.assign(document.createElement('h2'), { textContent: say.figures })
	return [heading, ...linesOfFigures(figures, say).map(paragraph), save]
}

function linesOfFigures(figures, say) {
	const { tables, confirmed, unlisted, register, unreadPapers, sums, bounds, contradicting, rulings } =
		figures
	const extent = ({ tables: count, electors }) => `${count} ${say.tables}, ${electors} ${say.electors}`
	return [
		`${figures.election}; ${say.registerOfTables}: ${register === null ? say.none : `${extent(register)}, SHA-256 ${register.sha256}`}`,
		...Object.entries(tables).map(([state, one]) => `${say.states[state]}: ${extent(one)}`),
		`${say.confirmed}: ${extent(confirmed)}`,
		`${say.unlisted}: ${Object.entries(unlisted)
			.map(([state, count]) => `${say.states[state]} ${count}`)
			.join(', ')}`,
		`${say.unreadPapers}: ${unreadPapers}`,
		...Object.entries(sums.all.candidates).map(([candidate, votes]) => {
			const { least, most } = bounds[candidate]
			const [only, without] = [
				sums.confirmed.candidates[candidate],
				sums.withoutRulings.candidates[candidate],
			]
			return `${candidate}: ${votes} (${say.from} ${least} ${say.to} ${most}; ${say.confirmed} ${only}; ${say.withoutRulings} ${without})`
		}),
		`${say.nullVotes} ${sums.all.nullVotes}, ${say.emptyVotes} ${sums.all.emptyVotes}`,
		`${say.rulings}: ${rulings.counted}, ${say.inForce} ${rulings.inForce}, ${say.single} ${rulings.single}`,
		...contradicting.map(
			({ id: who, shared, differs }) => `${say.contradicts}: ${who}, ${differs} ${say.ofShared} ${shared}`,
		),
	]
}

export function summaryOf(report, say, meaning) {
	if (report.fault) return [`${say.refused}: ${meaning(report.fault.code)}`]
	if (report.kind === 'proof') return linesOfProof(report, say)
	if (report.kind === 'archive') return linesOfArchive(report, say, meaning, Date.now())
	const isLedger = report.kind === 'ledger'
	const who = `${say[`${report.kind}Of`]} ${(isLedger ? report.centre : report.device) ?? say.nobody}`
	const actas = report.actas === undefined ? '' : `, ${report.actas} ${say.actas}`
	const receipts = isLedger ? `, ${report.receipts} ${say.receipts}` : ''
	const devices = isLedger ? [...report.devices, ...report.stations, ...report.officers] : [report]
	const held = devices.filter(({ quarantined }) => quarantined > 0)
	const sum = held.reduce((before, { quarantined }) => before + quarantined, 0)
	const ends = isLedger ? devices : [{ device: say.last, upto: report.head }]
	return [
		`${who}: ${report.entries} ${say.entries}${actas}${receipts}.`,
		...ends.filter(({ upto }) => upto).map(({ device, upto }) => `${device}: ${upto.seq} ${upto.id}`),
		...devices
			.filter(({ revoked }) => revoked)
			.map(
				({ device, revoked: { last, reason, time } }) =>
					`${say.revoked}: ${device}, ${time} (${reason}), ${say.goodUpTo} ${last}.`,
			),
		...(held.length > 0
			? [
					`${say.quarantined}: ${sum} ${say.entries} (${held.map(({ device, quarantined }) => `${device} ${quarantined}`).join(', ')}).`,
				]
			: []),
		...(report.authority
			? [
					`${say.authority} ${report.authority.key}, ${say.registry} ${report.authority.issue}, ${say.centresList} ${report.authority.centres}.`,
				]
			: []),
		...report.restsOn.flatMap(({ file, sha256: digest, es, en }) => [
			`${say.restsOn} ${file}: ${inGroups(digest)}`,
			`es: ${es}`,
			`en: ${en}`,
		]),
		...(report.revokedReceipts ? [`${report.revokedReceipts} ${say.revokedReceipts}.`] : []),
		`${say.imagesWord}: ${Object.entries(report.images ?? {})
			.map(([name, count]) => `${count.length ?? count} ${say[name]}`)
			.join(', ')}.`,
		...(report.proofs ?? []).map(
			({ device, seq, entries }) =>
				`${say.cloned}: ${device}, ${say.entry} ${seq}: ${entries.map(({ id: entryId, line }) => `${entryId} (${say.line} ${line})`).join(', ')}`,
		),
	]
}

/** Text from outside is spelled out where it would hide, turn the writing, or be heaped upon other text. */
const unfit = /[\p{C}\p{Zl}\p{Zp}\p{DI}\u{2800}]|(?<=\p{M}{3})\p{M}/gu

export function spelledOut(text) {
	return text
		.slice(0, 16_384)
		.replaceAll(unfit, (character) => `\\u{${character.codePointAt(0).toString(16)}}`)
}

export function paragraph(content) {
	const made = document.createElement('p')
	made.append(Object.assign(document.createElement('code'), { textContent: spelledOut(content) }))
	return made
}

/** `all`: paths and files, as they were dropped or chosen. */
export async function take(all) {
	if (!canVerify) return
	last = null
	lastFigures = null
	show()
	givenKeys = keysAmong(all) ?? givenKeys
	waitingProof = all.find(([path]) => path.endsWith(proofEnding))?.[1] ?? waitingProof
	if (waitingProof !== null && givenKeys === null) {
		element('progress').textContent = words[language].nowKeys
		return
	}
	element('progress').textContent = words[language].checking
	const progress = (part, step) => {
		const { checking, steps } = words[language]
		const what = step === undefined ? '' : ` ${steps[step]}`
		const shown = `${checking}${what} ${Math.floor(part * 100)} %`
		if (element('progress').textContent !== shown) element('progress').textContent = shown
	}
	const isProof = waitingProof !== null
	const { report, figures } = isProof ? await proofLookedAt() : await lookedAt(fromTheFolder(all), progress)
	element('progress').textContent = ''
	last = report
	lastFigures = figures
	show()
}

async function proofLookedAt() {
	const proof = waitingProof
	waitingProof = null
	const isRehearsal = element('rehearsal').checked
	return { report: await checkProofFile(proof, givenKeys, { isRehearsal }), figures: null }
}

async function lookedAt(files, progress) {
	const isRehearsal = element('rehearsal').checked
	if (isArchive(files)) {
		const report = await check(files, { progress, isRehearsal })
		return { report, figures: report.figures ?? null }
	}
	if (!files.has('ledger.jws')) return { report: await check(files, { progress }), figures: null }
	try {
		return await tally(files, progress)
	} catch (error) {
		return { report: await check(files, { progress }), figures: codeOf(error) }
	}
}

/** Names of files by which a folder shows what it holds, where they stand in it. */
const mainFile = /^(.*\/)?(?:(?:entries|ledger|transcriptions|rulings)\.jws|checkpoint|keys\/campaign\.jws)$/s

/** Paths as from the folder that holds the records, wherever it stands in what was given: the one farthest up. */
export function fromTheFolder(all) {
	const folders = all.flatMap(([path]) => {
		const found = mainFile.exec(path)
		return found === null ? [] : [found[1] ?? '']
	})
	const depth = (folder) => folder.split('/').length
	const folder = folders.sort((one, other) => depth(one) - depth(other))[0] ?? ''
	return new Map(
		all.filter(([path]) => path.startsWith(folder)).map(([path, file]) => [path.slice(folder.length), file]),
	)
}

/** Paths and files in what was dropped; `seen` hears of each. Chromium opens folders on a page from a disk only by handles. */
export async function filesOfHandle(handle, seen, path = '') {
	if (handle.kind === 'file') {
		seen()
		return [[path + handle.name, await handle.getFile()]]
	}
	const below = []
	for await (const one of handle.values()) below.push(one)
	const found = await manyAtOnce(below, (one) => filesOfHandle(one, seen, `${path}${handle.name}/`))
	return found.flat()
}

/** The same for browsers without handles. */
export async function filesOfEntry(entry, seen, path = '') {
	if (entry.isFile) {
		seen()
		const file = await new Promise((resolve, reject) => entry.file(resolve, reject))
		return [[path + entry.name, file]]
	}
	const reader = entry.createReader()
	const found = []
	for (;;) {
		// At most a hundred at a time; none is the end.
		const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
		if (some.length === 0) return found.flat()
		for (const one of some) found.push(await filesOfEntry(one, seen, `${path}${entry.name}/`))
	}
}

export async function filesOfItem(item, seen) {
	if (item.getAsFileSystemHandle) return filesOfHandle(await item.getAsFileSystemHandle(), seen)
	return filesOfEntry(item.webkitGetAsEntry(), seen)
}

/** Shows how many files were found so far. */
export function countingFiles() {
	let count = 0
	return () => {
		if (count % 100 === 0) element('progress').textContent = `${words[language].listing} ${count}`
		count++
	}
}

element('language').addEventListener('click', () => {
	language = language === 'es' ? 'en' : 'es'
	show()
})
for (const name of ['folder', 'proof'])
	element(name).addEventListener('change', (event) => {
		void take([...event.target.files].map((file) => [file.webkitRelativePath || file.name, file]))
	})
document.addEventListener('dragover', (event) => {
	event.preventDefault()
	element('drop').className = 'over'
})
document.addEventListener('dragleave', () => {
	element('drop').className = ''
})
document.addEventListener('drop', (event) => {
	event.preventDefault()
	element('drop').className = ''
	// What was shown is of another folder.
	last = null
	show()
	// All at once: after the first wait the browser hands out no more.
	const items = [...event.dataTransfer.items].filter((item) => item.kind === 'file')
	const seen = countingFiles()
	void Promise.all(items.map((item) => filesOfItem(item, seen))).then(
		(lists) => take(lists.flat()),
		(error) => {
			element('progress').textContent = `${words[language].unreadable} (${error.name})`
		},
	)
})
// For the console and for tests.
globalThis.testigo = { check, checkProofFile, openObject, tally }
show()

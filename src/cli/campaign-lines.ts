/** A campaign object for people: what it names, and what is other than in the one before. */
import type { KeyObject } from 'node:crypto'
import type { Campaign, SignedCampaign } from '../evidence/authority/campaign.ts'
import { digestOfText } from '../evidence/authority/centre-list.ts'
import { fingerprintWords } from '../evidence/keys/fingerprint-words.ts'
import { keyFingerprint } from '../evidence/keys/key-fingerprint.ts'
import type { WordLanguage } from '../platform/word-lists.ts'

/** `authority`: whose words a verifier shows of an archive. */
export function linesOfCampaign(
	{ text, said }: SignedCampaign,
	language: WordLanguage,
	authority: KeyObject,
): string[] {
	const { issue, election, definition, register, registry, centres, log, witnesses, threshold, earlier } =
		said
	const wordsOf = (vkey: string) => fingerprintWords(Buffer.from(vkey), language).join(' ')
	return [
		`campaign object no. ${issue} of ${election}`,
		...(said.rehearsal ? ['  REHEARSAL: nothing in this log is of a real election'] : []),
		`  authority   ${keyFingerprint(authority)[language]}`,
		`  definition  ${definition}`,
		`  register    ${register}`,
		`  registry    no. ${registry.issue} ${registry.sha256}`,
		`  centres     no. ${centres.issue} ${centres.sha256}`,
		`  log         ${log.vkey}`,
		`              ${wordsOf(log.vkey)}`,
		`  witnesses   ${witnesses.length === 0 ? 'none' : `${threshold} of ${witnesses.length} have to cosign`}`,
		...witnesses.flatMap(({ vkey, organisation, country }) => [
			`    ${organisation} (${country}): ${vkey}`,
			`              ${wordsOf(vkey)}`,
		]),
		...earlier.map(({ vkey, size }) => `  earlier     ${vkey}, ${size} leaves`),
		`  sha256      ${digestOfText(text)}`,
	]
}

export function changesIn(before: Campaign, now: Campaign): string[] {
	const digests = (['definition', 'register'] as const).map((name) => ({
		...{ name, before: before[name], now: now[name] },
	}))
	const numbers = (['registry', 'centres'] as const).map((name) => ({
		...{ name, before: `no. ${before[name].issue}`, now: `no. ${now[name].issue}` },
	}))
	const log = { name: 'log', before: before.log.vkey, now: now.log.vkey }
	const threshold = { name: 'threshold', before: `${before.threshold}`, now: `${now.threshold}` }
	const changed = [...digests, ...numbers, log, threshold].filter((one) => one.before !== one.now)
	const [gone, added] = [lacking(before.witnesses, now.witnesses), lacking(now.witnesses, before.witnesses)]
	return [
		...changed.map((one) => `${one.name}: ${one.before} → ${one.now}`),
		...gone.map((one) => `witness gone: ${one}`),
		...added.map((one) => `witness added: ${one}`),
		...lacking(now.earlier, before.earlier).map((one) => `earlier log: ${one}`),
	]
}

function lacking(all: readonly object[], others: readonly object[]): string[] {
	const known = new Set(others.map((one) => JSON.stringify(one)))
	return all.map((one) => JSON.stringify(one)).filter((one) => !known.has(one))
}

/** Of the words of the authority, and what a campaign object names. */
import { registryOf } from '../authority-words.ts'
import { digestOf, lines } from '../collections.ts'
import { authority, device, foreignAuthority, impostor } from '../object-vector.ts'
import { headerOf, payloadOf, signed } from '../signed.ts'
import {
	type Archive,
	changed,
	inForce,
	recordedAs,
	relogged,
	signedAnew,
	textIn,
} from './archive-in-memory.ts'
import { campaign, definition, election, ofRehearsal, registry } from './campaign-parts.ts'
import { type RowMaking, withBlank } from './row-making.ts'

/** In the place of the one in force, of a log without a leaf: another definition, which all else names. */
function definedAs(nothing: Archive, definition: string): Archive {
	const said = campaign(1, { definition: digestOf(definition) })
	const record = JSON.parse(textIn(nothing, 'feed/0.json')) as { readonly campaign: object }
	const named = { campaign: { ...record.campaign, sha256: digestOf(said) }, definition: digestOf(definition) }
	const feed = `${JSON.stringify({ ...record, ...named })}\n`
	return signedAnew(
		changed(nothing, {
			...{ 'campaign/election.json': definition, 'keys/campaign.jws': lines(said) },
			...{ 'feed/0.json': feed, 'feed/latest': feed },
		}),
	)
}

function asciiOf(value: object): string {
	const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
	return JSON.stringify(value).replace(/[^ -~]/g, escaped)
}

const { code, candidates, cards } = election
const [candidate, ...otherCandidates] = candidates
const [card, ...otherCards] = cards
const definitions: readonly (readonly [string, string | null, object])[] = [
	['of a zone that nobody knows', null, { ...election, zone: 'Mars/Olympus_Mons' }],
	['with all that may be left out', null, { ...election, code: { ...code, highestMesa: 2 }, zone: 'UTC' }],
	['whose title is as long as may be', null, { ...election, title: '🗳'.repeat(120) }],
	['whose title is longer', 'bad-election', { ...election, title: `${'🗳'.repeat(120)}.` }],
	['without a title', 'bad-election', { ...election, title: undefined }],
	['with an empty title', 'bad-election', { ...election, title: '' }],
	['with a field that no format names', 'bad-election', { ...election, operator: 'Fulana' }],
	['with such a field in the code', 'bad-election', { ...election, code: { ...code, colour: 'red' } }],
	['whose code is too long', 'bad-election', { ...election, code: { ...code, digits: [20, 20, 20, 20] } }],
	['whose highest table is none', 'bad-election', { ...election, code: { ...code, highestMesa: 0 } }],
	['in the zone of an offset', 'bad-election', { ...election, zone: '-04:00' }],
	['in a zone of another spelling', 'bad-election', { ...election, zone: 'america/caracas' }],
	['in a zone that is null', 'bad-election', { ...election, zone: null }],
	['in a zone that is too long', 'bad-election', { ...election, zone: `A${'b'.repeat(64)}` }],
	[
		'of a candidate without a name',
		'bad-election',
		{ ...election, candidates: [{ id: 'A' }, ...otherCandidates] },
	],
	[
		'of a candidate whose name is too long',
		'bad-election',
		{ ...election, candidates: [{ ...candidate, name: 'n'.repeat(61) }, ...otherCandidates] },
	],
	[
		'of a candidate with another field',
		'bad-election',
		{ ...election, candidates: [{ ...candidate, party: 'x' }, ...otherCandidates] },
	],
	['of a card without a party', 'bad-election', { ...election, cards: [{ candidate: 'A' }, ...otherCards] }],
	[
		'of a card whose party is too long',
		'bad-election',
		{ ...election, cards: [{ ...card, sigla: 's'.repeat(31) }, ...otherCards] },
	],
	[
		'of a card with the number 0',
		'bad-election',
		{ ...election, cards: [{ ...card, number: 0 }, ...otherCards] },
	],
]

export async function addWordsRows({
	second,
	nothing,
	leaves,
	at,
	row,
	copied,
	covered,
}: RowMaking): Promise<void> {
	// The authority's words.
	copied('no authority', '!no-authority', { 'keys/authority.pem': null })
	copied('no key of an authority', '!no-authority', { 'keys/authority.pem': 'none' })
	copied('another authority', '!no-campaign', { 'keys/authority.pem': foreignAuthority.pem })
	copied('no campaign object', '!no-campaign', { 'keys/campaign.jws': null })
	const issued = at('keys/campaign.jws')
	covered('a campaign object twice', 'campaign-rollback', { 'keys/campaign.jws': issued + issued })
	covered('two campaign objects of one number', 'campaign-equivocation', {
		'keys/campaign.jws': issued + lines(campaign(1, { time: '2024-07-02T12:00:00Z' })),
	})
	covered('an older registry in a newer campaign object', 'campaign-equivocation', {
		'keys/campaign.jws': issued + lines(campaign(2, { centres: { issue: 1, sha256: digestOf('another') } })),
	})
	covered('a campaign object that makes a rehearsal of it', 'campaign-changed', {
		'keys/campaign.jws': issued + lines(campaign(2, ofRehearsal)),
	})
	covered('a campaign object by somebody else', 'bad-signature', {
		'keys/campaign.jws': issued + lines(campaign(2, {}, impostor)),
	})
	covered('a campaign object with a further field', 'bad-payload', {
		'keys/campaign.jws': issued + lines(campaign(2, { note: 'x' })),
	})
	covered('a campaign object with blanks', 'bad-payload', {
		'keys/campaign.jws': issued + lines(withBlank(campaign(2))),
	})
	covered('a campaign object with a witness twice', 'bad-payload', {
		'keys/campaign.jws':
			issued + lines(campaign(2, { witnesses: [1, 2].map(() => witnessOf(campaign(2))), threshold: 2 })),
	})
	covered('two lists of mirrors of one number', 'mirrors-equivocation', {
		'keys/mirrors.jws': at('keys/mirrors.jws') + lines(mirrorsOf(1)),
	})
	covered('a line of the registry by somebody else', 'bad-signature', {
		'keys/registry.jws': lines(registryOf(1, [device], [], foreignAuthority)) + at('keys/registry.jws'),
	})

	// What is in force.
	copied('a stale registry', 'registry-missing', { 'keys/registry.jws': lines(registryOf(1, [device])) })
	copied('no list of centres', 'centres-missing', { 'keys/centres.jws': null })
	covered('another definition', 'definition-differs', {
		'campaign/election.json': definition.replace('999', '998'),
	})
	covered('another register', 'register-differs', {
		'campaign/register.csv': at('campaign/register.csv').replace('500', '501'),
	})
	{
		const bad = definition.replace('"A"', '"a"')
		const said = campaign(1, { definition: digestOf(bad) })
		const files = changed(second, { 'campaign/election.json': bad, 'keys/campaign.jws': lines(said) })
		row('a definition that is none', 'campaign-differs', signedAnew(files))
	}
	for (const [name, code, definition] of definitions)
		row(`a definition ${name}`, code, definedAs(nothing, `${asciiOf(definition)}\n`))
	{
		const files = definedAs(nothing, '{}\n')
		const register = textIn(files, 'campaign/register.csv').replace('500', '501')
		row(
			'no definition, and another register',
			'bad-election',
			signedAnew(changed(files, { 'campaign/register.csv': register })),
		)
	}

	{
		// A newer registry is in force, and the one that was before is named by the first campaign object.
		const newer = campaign(2, { registry: { issue: 2, sha256: digestOf(registry(2)) } })
		const words = { 'keys/campaign.jws': issued + lines(newer) }
		const inKeys = at('keys/registry.jws') + lines(registry(2))
		const files = changed(second, { ...words, 'keys/registry.jws': inKeys })
		const grown = await relogged(files, [...leaves, newer])
		const both = signedAnew(
			changed(grown, { 'feed/1.json': recordedAs(grown, 1, inForce(newer))['feed/1.json'] ?? '' }),
		)
		row('two campaign objects, and the registries of both', null, both)
		row(
			'a registry that an earlier campaign object names is gone',
			'registry-missing',
			signedAnew(changed(both, { 'keys/registry.jws': lines(registry(2)) })),
		)
	}
}

function witnessOf(campaignText: string): object {
	return JSON.parse(payloadOf(campaignText)).witnesses[0]
}

function mirrorsOf(issue: number): string {
	const payload = { v: 1, issue, time: '2024-07-01T12:00:00Z', mirrors: ['otra biblioteca'] }
	return signed(authority, headerOf('mirrors', authority.id), payload)
}

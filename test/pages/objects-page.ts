/**
 * The page of the signed objects: bytes, and the fields of each, made from the schemas by which they are read. What no
 * schema can say in JSON Schema (what differs from another field) stands as words beside it.
 */
import * as z from 'zod'
import { Campaign } from '#src/evidence/authority/campaign.js'
import { Centres } from '#src/evidence/authority/centres.js'
import { Mirrors } from '#src/evidence/authority/mirrors.js'
import { DeviceRegistry } from '#src/evidence/authority/registry.js'
import { Revocation } from '#src/evidence/authority/revocation.js'
import { Entry, imageRoles, publicRole } from '#src/evidence/entry.js'
import { Head } from '#src/evidence/head.js'
import { longestJws, longestRegistry } from '#src/evidence/jws.js'
import { Ruling } from '#src/evidence/ruling.js'
import { Transcription } from '#src/evidence/transcription.js'

type Schema = z.core.JSONSchema.BaseSchema

interface Row {
	readonly path: string
	readonly what: string
}

/** By the pattern of a schema. */
const patterns: Readonly<Record<string, string>> = {
	'^[a-z0-9][a-z0-9-]{2,31}$': 'an id of a signer',
	'^[A-Za-z0-9_-]{43}$': 'an id of an object',
	'^[0-9a-f]{64}$': 'a digest',
}

export function objectsPage(): string {
	return `# Signed objects: their bytes and fields

What every verifier reads: of a journal, of a ledger, of the public log ([FORMAT.md](FORMAT.md), [ARCHIVE.md](ARCHIVE.md)). The tables are written by \`npm run pages\` from the schemas that read the objects; the gate fails where this page is not of now. Good and bad examples of each rule, with the word for it: [vectors](../../test/vectors/README.md).

## A JWS

JWS compact serialisation (RFC 7515), ES256 (RFC 7518, section 3.4): \`<header>.<payload>.<signature>\`, each part base64url without padding, in its one spelling: unused bits are 0. The header is \`{"alg":"ES256","typ":"testigo-<kind>+jws","kid":"<id of the signer>"}\`. At most ${grouped(longestJws)} characters, a registry ${grouped(longestRegistry)}.

- **Signing input**: header, dot, payload, as they stand. Nothing is ever serialised again.
- **Id of an object**: base64url without padding of SHA-256(signing input): 43 characters. Sorting "by the 32 bytes of the id" is by what they decode to. The signature is not in it.
- **\`sha256\` of an object**, where another names it by digest: lower-case hex of SHA-256(the whole text, without a line feed).
- **Signature**: 64 bytes, r and s, big-endian, over the SHA-256 of the signing input, on P-256. s is at most half the order of the group.
- **Keys** are P-256. \`spki\` is base64url without padding of the 91 bytes of the key's SubjectPublicKeyInfo in DER, the point uncompressed (RFC 5480).
- **\`prev\`** is the id of the object of this signer and chain with the number before. Of number 1 it is base64url of the SHA-256 of the signer's 91 bytes of SPKI.

**JSON** is RFC 8259 in UTF-8 without a byte-order mark. A key twice in one object is a fault however it is spelled (\`"\\u0061"\` is \`"a"\`), and so are more than 16 levels. Numbers are what a double holds: \`1.0\` is a whole number.

Each rule has its word; the first that does not hold, in this order, is said:

1. \`too-large\`; \`not-a-jws\` (not three parts); \`bad-base64url\` (of any part).
2. The header: \`not-utf8\`, \`not-json\`, \`duplicate-key\`, \`too-deep\`; \`bad-header\` (\`alg\`, \`typ\` no strings, \`kid\` no id of a signer); \`foreign-alg\`; \`foreign-typ\`; \`crit\` (there is a \`crit\`). \`jku\`, \`x5u\`, \`jwk\` and anything else in it are ignored.
3. \`bad-signature-length\`, \`high-s\`; the payload as JSON, by the words of 2.
4. The signer: nobody's, or in another role (\`unknown-…\`, \`wrong-role\`). Then \`bad-signature\`.
5. \`unknown-version\`: \`v\` is there and is no whole number from 1 to the newest, which is 2 of entries and heads and 1 of all others. \`bad-payload\`: not as in the table of its kind. \`wrong-device\`, \`wrong-station\`, \`wrong-officer\`: the field that names its signer is not the \`kid\`.

Fields that no table names are kept and ignored, but in a campaign object and a list of mirrors (\`bad-payload\`) and in what is published ([FORMAT.md](FORMAT.md#what-is-published)).

**Files of objects** (\`*.jws\`) have one object a line. A line that is none is one fault, and the next is read: \`nul-byte\`, \`line-too-long\` (${grouped(longestJws)} bytes; in \`registry.jws\` ${grouped(longestRegistry)}), \`torn-tail\` (no line feed at the end), \`empty-line\`, \`crlf\`, in this order.

## The text of an acta

A code: as many parts as the definition's \`code.digits\` has numbers, between dots, each of just so many ASCII digits: of 2024 \`121202007.01.1.0001\`. Which part is the centre and which the table say \`code.centro\` and \`code.mesa\`, from 0; the table's name is these two with a dot between.

The text: \`<code>!<counts>!<null>!<empty>\`, with a count for each of the definition's \`cards\`, in their order, between commas. A count is \`0\` or decimal digits without a leading zero, at most \`highestCount\`. At most 2,048 characters, and nothing else: no blank, no line feed. The votes of a candidate are those of all cards that name it. The fields of a definition: [configuration](../guides/configuration.md#another-election); a field more is \`bad-election\`.

## Fields

*An id of a signer*: 3 to 32 of \`a-z\`, \`0-9\`, \`-\`, the first no \`-\`. *An id of an object*: 43 characters of base64url. *A digest*: SHA-256 of bytes, 64 lower-case hex digits. *A day*: \`YYYY-MM-DD\`, one that exists. *An instant*: RFC 3339, UTC, to the second, as \`2024-07-01T12:00:00Z\`. A whole number is at most 2^53 - 1. A string's length is counted in Unicode's code points. What is not marked *may be left out* has to be there.

### Entry
${fieldsOf(Entry, labelOfEntry)}
In \`v\` 1 \`time.wall\` is an instant to the whole minute. Published are the roles ${[...imageRoles, publicRole].map((role) => `\`${role}\``).join(', ')} alone.

### Head
${fieldsOf(Head, (option) => `\`v\` ${constOf(option, 'v')}`)}
### Transcription, an answer of a person
${fieldsOf(Transcription, (option) => (isRequired(option, 'text') ? 'read' : 'unreadable'))}
Either \`text\` or \`unreadable\` is there, never both.

### Ruling
${fieldsOf(Ruling)}
No id stands twice in \`excludes\`, in \`rests\`, in \`replaces\`.

### Registry
${fieldsOf(DeviceRegistry)}
\`spki\` is a key as above. No id stands twice in \`devices\`, \`stations\` and \`officers\` together. A line of \`registry.jws\` is a registry or a revocation:

### Revocation
${fieldsOf(Revocation)}
Each line is signed by the authority, under the \`kid\` of the first (\`wrong-authority\`). A registry whose \`issue\` is not higher than that of the one before: \`registry-rollback\`. One that lists an id under another key, or in another list, than one before: \`id-reused\`. What was learnt stays: who was listed once is known, though a later registry leaves it out; of several revocations of one id the lowest \`last\` counts. What has a higher \`seq\` than \`last\` is *revoked*.

### List of centres
${fieldsOf(Centres)}
No id stands twice in \`centres\` and \`revoked\` together. The newest counts alone. \`wrong-authority\`, \`id-reused\` as above; a lower \`issue\`: \`centres-rollback\`; another text of the same: \`centres-equivocation\`; the same text again is no fault.

### Campaign object
${fieldsOf(Campaign)}
### List of mirrors
${fieldsOf(Mirrors)}
What of these two has to fit together, and what has to go on from issue to issue: [FORMAT.md](FORMAT.md#the-campaign-object-and-the-list-of-mirrors).
`
}

/** A table; `label` says of each of several forms what it is. */
function fieldsOf(schema: z.ZodType, label: (option: Schema) => string = () => ''): string {
	const options = optionsOf(
		z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }),
	).map((option) => ({ label: label(option), rows: rowsOf(option, '') }))
	const labels = new Map<string, { readonly row: Row; readonly of: string[] }>()
	for (const option of options)
		for (const row of option.rows) {
			const key = `${row.path} ${row.what}`
			const known = labels.get(key) ?? { row, of: [] }
			labels.set(key, known)
			known.of.push(option.label)
		}
	const all = options.map((option) => option.label)
	const lines = together([...labels.values()]).map(({ row, of }) => {
		const only = of.length === all.length ? '' : `${shortened(of, all)}: `
		return `| \`${row.path}\` | ${only}${row.what} |`
	})
	return `\n| field | what |\n| --- | --- |\n${lines.join('\n')}\n`
}

interface LabelledRow {
	readonly row: Row
	readonly of: readonly string[]
}

/** Of one field one after another; what tells forms apart in one row. */
function together(rows: readonly LabelledRow[]): readonly LabelledRow[] {
	const topOf = ({ row }: LabelledRow) => row.path.split(/[.[]/)[0]
	return [...new Set(rows.map(topOf))].flatMap((top) => {
		const some = rows.filter((one) => topOf(one) === top)
		const isTellingApart = some.length > 1 && some.every(({ row }) => /^`[^`]*`$/.test(row.what))
		if (!isTellingApart) return some
		const [first] = some
		const what = some.map(({ row }) => row.what).join(', ')
		return first === undefined ? [] : [{ row: { ...first.row, what }, of: some.flatMap(({ of }) => of) }]
	})
}

function labelOfEntry(option: Schema): string {
	return `\`${constOf(option, 'kind')}\` of \`v\` ${constOf(option, 'v')}`
}

/** Of labels \`<kind> of <version>\`: a kind in all versions, or a version of all kinds, by its name alone. */
function shortened(of: readonly string[], all: readonly string[]): string {
	const ends = new Set(of.map((one) => one.split(' of ').at(-1)))
	const begins = new Set(of.map((one) => one.split(' of ')[0]))
	const has = (test: (one: string) => boolean) => all.filter(test).length === of.length
	const [end] = ends
	if (ends.size === 1 && end !== undefined && has((one) => one.endsWith(end))) return end
	const [begin] = begins
	if (begins.size === 1 && begin !== undefined && has((one) => one.startsWith(begin))) return begin
	return of.join(', ')
}

function optionsOf(schema: Schema): readonly Schema[] {
	const options = schema.oneOf ?? schema.anyOf
	return options === undefined ? [schema] : options.flatMap((option) => optionsOf(objectOf(option)))
}

function rowsOf(schema: Schema, above: string): readonly Row[] {
	return Object.entries(schema.properties ?? {}).flatMap(([name, given]) => {
		const field = objectOf(given)
		// Nothing may stand there.
		if (Object.keys(field).length === 0) return []
		const path = above === '' ? name : `${above}.${name}`
		const isOptional = !isRequired(schema, name)
		const items = objectOf(field.items)
		const below =
			field.type === 'object'
				? rowsOf(field, path)
				: items.type === 'object'
					? rowsOf(items, `${path}[]`)
					: []
		return [{ path, what: `${whatOf(field)}${isOptional ? '; may be left out' : ''}` }, ...below]
	})
}

function whatOf(field: Schema): string {
	if (field.const !== undefined) return `\`${String(field.const)}\``
	if (field.enum !== undefined) return field.enum.map((one) => `\`${String(one)}\``).join(', ')
	if (field.anyOf !== undefined) return field.anyOf.map((one) => whatOf(objectOf(one))).join(', or ')
	switch (field.type) {
		case 'null':
			return 'null'
		case 'boolean':
			return 'true or false'
		case 'object':
			return 'an object'
		case 'integer':
		case 'number': {
			const isOpen = field.maximum === undefined || field.maximum === Number.MAX_SAFE_INTEGER
			return `a whole number from ${field.minimum}${isOpen ? '' : ` to ${field.maximum}`}`
		}
		case 'array': {
			const { minItems = 0, maxItems } = field
			const count =
				minItems === maxItems
					? `${minItems}`
					: minItems > 0
						? `${minItems} to ${maxItems}`
						: `at most ${grouped(maxItems ?? 0)}`
			const items = objectOf(field.items)
			return `a list, ${count}${items.type === 'object' ? '' : `: each ${whatOf(items)}`}`
		}
		case 'string':
			return whatOfString(field)
		default:
			throw new Error(`nobody has said how to say ${JSON.stringify(field)}`)
	}
}

function whatOfString({ format, pattern, minLength, maxLength }: Schema): string {
	if (format === 'date') return 'a day'
	if (format === 'date-time') return 'an instant'
	if (pattern !== undefined) return patterns[pattern] ?? `a string like \`${pattern.replaceAll('|', '\\|')}\``
	if (minLength !== undefined && minLength === maxLength) return `a string of ${minLength}`
	const least = minLength === undefined ? '' : `${minLength} to `
	return maxLength === undefined
		? 'a string'
		: `a string of ${least === '' ? 'at most ' : least}${grouped(maxLength)}`
}

function objectOf(schema: Schema['items'] | boolean): Schema {
	return typeof schema === 'object' && !Array.isArray(schema) ? (schema as Schema) : {}
}

function constOf(option: Schema, name: string): unknown {
	return objectOf(option.properties?.[name]).const
}

function isRequired(schema: Schema, name: string): boolean {
	return schema.required?.includes(name) === true
}

function grouped(number: number): string {
	return number.toLocaleString('en')
}

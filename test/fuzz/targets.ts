/**
 * What is fuzzed: pure readers of what others could have written. Each takes any bytes; it throws where a promise is
 * broken, be it only that it never throws.
 */
import { createPrivateKey, sign } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { ElectionDefinition } from '#src/acta/election.js'
import { formatPayload, parsePayload } from '#src/acta/payload.js'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { formatRegister, parseRegister } from '#src/acta/register/canonical.js'
import { checkSheet } from '#src/acta/register/spreadsheet.js'
import { endOfJpeg } from '#src/capture/libcamera/jpeg.js'
import { MjpegCutter } from '#src/capture/libcamera/mjpeg.js'
import { readRequest, signRequest } from '#src/enrolment/request.js'
import { readResponse } from '#src/enrolment/response.js'
import { CampaignIssues } from '#src/evidence/authority/campaign.js'
import { onlyCentre } from '#src/evidence/authority/centre-list.js'
import { Centres } from '#src/evidence/authority/centres.js'
import { MirrorsIssues } from '#src/evidence/authority/mirrors.js'
import { DeviceRegistry, registered } from '#src/evidence/authority/registry.js'
import { Revocation } from '#src/evidence/authority/revocation.js'
import { openControl } from '#src/evidence/control.js'
import { openEntry } from '#src/evidence/entry.js'
import { openHead } from '#src/evidence/head.js'
import type { Identity } from '#src/evidence/identity.js'
import { type Kind, parseJws } from '#src/evidence/jws.js'
import { readCertificates } from '#src/evidence/keys/certificate.js'
import { formatVerifierKey, parseVerifierKey } from '#src/evidence/keys/verifier-key.js'
import { openObject } from '#src/evidence/open.js'
import { toLowS } from '#src/evidence/p256.js'
import { leafToPublish, parseWithheld } from '#src/evidence/publishable.js'
import { openReceipt } from '#src/evidence/receipt.js'
import { openRuling } from '#src/evidence/ruling.js'
import { openTranscription } from '#src/evidence/transcription.js'
import { KioskCondition } from '#src/handover/kiosk-condition.js'
import { UplinkState } from '#src/handover/uplink-state.js'
import { formatBundle, parseBundle } from '#src/log/bundle.js'
import { formatCheckpoint, parseCheckpoint } from '#src/log/checkpoint.js'
import { formatNote, parseNote } from '#src/log/note.js'
import { parseTilePath, tilePath } from '#src/log/tile.js'
import { formatTlogProof, parseTlogProof } from '#src/log/tlog-proof.js'
import { readTimeStamp } from '#src/mirroring/time-stamp.js'
import { NextionDialect } from '#src/panel/nextion-dialect.js'
import { jsonLine, printable } from '#src/platform/printable.js'
import type { Result } from '#src/platform/result.js'
import { parseJson } from '#src/platform/strict-json.js'
import { parseDeviceStatus } from '#src/protocol/device-status.js'
import { formatTopic, parseTopic } from '#src/protocol/topics.js'
import { sniffMediaType } from '#src/reading/media-type.js'
import { openSettings } from '#src/settings/settings.js'
import { asCode, jwsOf } from '#src/settings/settings-code.js'
import { certificates, go } from '../log/published-notes.ts'
import { gotten } from '../support/result.ts'
import { makeSigner } from '../support/test-identity.ts'
import { octets, seededKey } from '../vectors/seeded-key.ts'

export interface Target {
	/** Words that the reader looks for. */
	readonly words: readonly string[]
	readonly seeds: readonly (string | Uint8Array)[]
	read(bytes: Buffer): void
}

const seeded = seededKey('k-fuzzed')
const key = {
	pem: seeded.pem,
	spki: registered(seeded).spki,
	private: createPrivateKey({
		key: { ...seeded.publicKey.export({ format: 'jwk' }), d: octets(seeded.secret).toString('base64url') },
		format: 'jwk',
	}),
}
const id = 'A'.repeat(43)
const digest = 'ab'.repeat(32)
const device: Identity = { id: 'k-fuzzed', publicKey: seeded.publicKey }

const publishedSeeds = [
	`{"v":2,"election":"${presidential2024.id}","device":"k-fuzzed","boot":1,"seq":2,"prev":"${id}","kind":"acta","time":{"day":"2026-12-06","source":"none"},"anchor":null,"software":"testigo/0.1.0","reading":{"method":"qr","text":"121202007.01.1.0001!${Array(38).fill('9').join(',')}!2!5","code":"121202007.01.1.0001"},"images":[{"role":"full","mediaType":"image/jpeg","size":5,"sha256":"${digest}"}]}`,
	`{"v":2,"device":"k-fuzzed","seq":2,"id":"${id}","receipts":1,"day":"2026-12-06"}`,
	`{"v":1,"election":"${presidential2024.id}","station":"k-fuzzed","seq":1,"prev":"${id}","entry":"${id}","image":"${digest}","unreadable":"no-acta","signatures":["filled","empty","not-visible","filled","filled","filled"],"day":"2026-12-06"}`,
	`{"v":1,"election":"${presidential2024.id}","officer":"k-fuzzed","seq":1,"prev":"${id}","table":"121202007.01","excludes":["${id}"],"reason":"misread","rests":"paper","day":"2026-12-06"}`,
]

export const targets: Readonly<Record<string, Target>> = {
	payload: {
		words: ['!', '.', ',', '121202007.01.1.0001', '1!0!0'],
		seeds: ['121202007.01.1.0001!1,0!0!0', `121202007.01.1.0001!${Array(38).fill('9').join(',')}!2!5`],
		read(bytes) {
			const read = parsePayload(bytes, presidential2024)
			if (!read.ok) return
			const again = parsePayload(Buffer.from(formatPayload(read.value)), presidential2024)
			hold(again.ok && isDeepStrictEqual(again.value, read.value), 'it says the same when written again')
		},
	},
	json: {
		words: ['{"a":1,"a":2}', '"\\ud800"', '"\\u0061":', '1e5', '-0', 'true', 'false'],
		seeds: ['{"a":[1,2,{"b":null}],"c":"ñ\\u00e1"}', '[[[[1]]]]'],
		read(bytes) {
			const read = parseJson(bytes)
			if (read.ok)
				hold(isDeepStrictEqual(read.value, JSON.parse(bytes.toString())), 'it reads as JSON.parse does')
		},
	},
	jws: {
		words: ['.', '=', '-_', Buffer.from('{"alg":"ES256"').toString('base64url'), 'eyJ'],
		seeds: [signed('entry', '{"v":1}')],
		read(bytes) {
			const text = bytes.toString('latin1')
			const read = parseJws(text, 'entry')
			if (!read.ok) return
			const parts = text.split('.').map((part) => Buffer.from(part, 'base64url').toString('base64url'))
			hold(parts.join('.') === text, 'what is read has one spelling')
		},
	},
	entry: object('entry', (text) => openEntry(text, device), [
		`{"v":1,"election":"e","device":"k-fuzzed","boot":1,"seq":1,"prev":"${id}","kind":"boot","time":{"wall":"2026-12-06T23:10:00Z","source":"rtc","monotonicMs":5},"anchor":null,"software":"testigo/0.1.0"}`,
		`{"v":2,"election":"e","device":"k-fuzzed","boot":1,"seq":2,"prev":"${id}","kind":"acta","time":{"day":"2026-12-06","source":"none"},"anchor":null,"software":"testigo/0.1.0","reading":{"method":"qr","text":"121202007.01.1.0001!1,0!0!0","code":"121202007.01.1.0001"},"images":[{"role":"full","mediaType":"image/jpeg","size":5,"sha256":"${digest}","sealed":{"format":"age-v1","size":9,"sha256":"${digest}"}}]}`,
		`{"v":2,"election":"e","device":"k-fuzzed","boot":1,"seq":3,"prev":"${id}","kind":"void","time":{"day":"2026-12-06","source":"ntp"},"anchor":"${id}","software":"testigo/0.1.0","voids":{"seq":2,"id":"${id}"},"reason":"twice"}`,
	]),
	receipt: object('receipt', (text) => openReceipt(text, device), [
		`{"v":1,"device":"k-1","seq":2,"entry":"${id}","status":"stored","images":[{"sha256":"${digest}","status":"missing","missing":[[0,5],[7,7]]}],"upto":{"seq":1,"id":"${id}"},"gaps":[[3,4]],"time":"2026-12-06T23:10:00Z","copies":1,"ledger":"${'A'.repeat(22)}","nonce":"${'A'.repeat(22)}"}`,
		`{"v":1,"device":"k-1","seq":2,"entry":"${id}","status":"rejected","reason":"quota","images":[],"upto":null,"gaps":[],"time":"2026-12-06T23:10:00Z","copies":1,"also":[{"seq":3,"entry":"${'B'.repeat(43)}","status":"duplicate","images":[]}]}`,
	]),
	head: object('head', (text) => openHead(text, device), [
		`{"v":1,"device":"k-fuzzed","seq":2,"id":"${id}","receipts":1,"time":"2026-12-06T23:10:00Z"}`,
		`{"v":2,"device":"k-fuzzed","seq":2,"id":"${id}","receipts":1,"day":"2026-12-06"}`,
	]),
	control: object('control', (text) => openControl(text, onlyCentre(device), 'k-1'), [
		`{"v":1,"device":"k-1","verb":"resend","from":1,"ledger":"${'A'.repeat(22)}","time":"2026-12-06T23:10:00Z"}`,
	]),
	registry: object('registry', (text) => openObject(text, 'registry', device, DeviceRegistry), [
		`{"v":1,"issue":1,"time":"2026-12-06T23:10:00Z","devices":[{"id":"k-1","spki":"${key.spki}"}],"revocations":[{"device":"k-2","last":0,"reason":"seized","time":"2026-12-06T23:10:00Z"}]}`,
		`{"v":1,"issue":2,"time":"2026-12-06T23:10:00Z","devices":[],"stations":[{"id":"s-1","spki":"${key.spki}"}],"officers":[{"id":"o-1","spki":"${key.spki}"}],"revocations":[]}`,
	]),
	revocation: object('revocation', (text) => openObject(text, 'revocation', device, Revocation), [
		`{"v":1,"device":"k-2","last":5,"reason":"lost","time":"2026-12-06T23:10:00Z"}`,
	]),
	centres: object('centres', (text) => openObject(text, 'centres', device, Centres), [
		`{"v":1,"issue":1,"time":"2026-12-06T23:10:00Z","centres":[{"id":"c-1","spki":"${key.spki}"}],"revoked":[{"id":"c-2","reason":"seized"}]}`,
	]),
	transcription: object('transcription', (text) => openTranscription(text, device), [
		`{"v":1,"election":"e","station":"k-fuzzed","seq":2,"prev":"${id}","entry":"${id}","image":"${digest}","text":"121202007.01.1.0001!1,0!0!0","code":"1","hmac":"${digest}","signatures":["filled","empty","not-visible","filled","filled","filled"],"replaces":"${id}","day":"2026-12-06"}`,
		`{"v":1,"election":"e","station":"k-fuzzed","seq":1,"prev":"${id}","entry":"${id}","image":"${digest}","unreadable":"no-acta","code":"121202007.01.1.0001","signatures":["filled","empty","not-visible","filled","filled","filled"],"day":"2026-12-06"}`,
	]),
	ruling: object('ruling', (text) => openRuling(text, device), [
		`{"v":1,"election":"e","officer":"k-fuzzed","seq":1,"prev":"${id}","table":"121202007.01","excludes":["${id}"],"reason":"misread","rests":"paper","replaces":["${'B'.repeat(43)}"],"day":"2026-12-06"}`,
		`{"v":1,"election":"e","officer":"k-fuzzed","seq":1,"prev":"${id}","table":"1.1","excludes":[],"reason":"other","rests":["${id}"],"day":"2026-12-06"}`,
	]),
	campaign: object('campaign', (text) => new CampaignIssues(device.publicKey).take(text), [
		`{"v":1,"issue":1,"time":"2026-12-06T23:10:00Z","election":"e1","definition":"${digest}","register":"${digest}","registry":{"issue":1,"sha256":"${digest}"},"centres":{"issue":1,"sha256":"${digest}"},"log":{"origin":"PeterNeumann","vkey":"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"},"witnesses":[],"threshold":0,"rehearsal":true,"earlier":[]}`,
	]),
	mirrors: object('mirrors', (text) => new MirrorsIssues(device.publicKey).take(text), [
		'{"v":1,"issue":1,"time":"2026-12-06T23:10:00Z","mirrors":["https://a.example","b"]}',
	]),
	published: {
		words: ['"who":', ' ', '\\u0061', '1.0', 'Mar\u00eda', '"role":"', '"text":"'],
		seeds: publishedSeeds,
		read(bytes) {
			for (const kind of ['entry', 'head', 'transcription', 'ruling'] as const) {
				const jws = parseJws(signed(kind, bytes), kind)
				if (!jws.ok) continue
				const leaf = leafToPublish(kind, jws.value, { election: presidential2024, rehearsal: true })
				isResult(leaf)
				if (!leaf.ok) continue
				const { text, withheldFor } = leaf.value
				if (withheldFor !== null) hold(parseWithheld(text) !== null, 'what is withheld is read as such')
				else hold(/^[\w.,:!/{}[\]"-]+$/.test(bytes.toString()), 'nothing that people write is published')
			}
		},
	},
	sheet: {
		words: [
			',',
			';',
			'\t',
			'"',
			'\n',
			'\r',
			'\ufeff',
			'\u0000',
			'=',
			'1.21E+08',
			'10113042',
			'EDO',
			'TOTAL',
			"'",
			'.',
		],
		seeds: [
			'Estado;Municipio;Parroquia;Centro;Mesa;Electores\r\nÑ;M;P;20101001;1;1.012\r\n;;;;;\r\n',
			'sep=,\nCOD_EDO,EDO,MUN,PAR,CENTRO,MESA,RE,URL\n1,D,"M, B",P,10113042,1,666,x\n1,D,"M\nB",P,10113042,2,="5",x\n',
		],
		read(bytes) {
			const checked = checkSheet(bytes, presidential2024)
			if (!checked.isRight) hold(checked.faultCount > 0 && checked.faults.length > 0, 'it says what is wrong')
			else
				hold(parseRegister(Buffer.from(checked.text), presidential2024).ok, 'it makes a canonical register')
		},
	},
	register: {
		words: [',', '"', '""', '\n', '121202007,01,', ',centroName', '\r\n', '\ufeff', ' '],
		seeds: [
			'state,municipality,parish,centro,mesa,electors\nS,M,P,121202007,01,800\nS,M,P,121202007,02,1\n',
			'state,municipality,parish,centro,mesa,electors,centroName\nÑ,"M, el ""otro""",P,121202007,01,800,C\n',
		],
		read(bytes) {
			const read = parseRegister(bytes, presidential2024)
			isResult(read)
			if (!read.ok) return
			const again = parseRegister(Buffer.from(formatRegister(read.value.tables.values())), presidential2024)
			hold(
				again.ok && isDeepStrictEqual(again.value.tables, read.value.tables),
				'it says the same when written again',
			)
		},
	},
	settings: object('settings', (text) => openSettings(text, device), [
		'{"v":1,"number":1,"time":"2026-12-06T23:10:00Z","broker":{"url":"mqtts://broker.example:8883"},"custodians":["age1hca3mkldafvtxhnuk2493cwv5z27yzp3em6chtg5hr4ddvk25ajqqwff95"],"network":[{"name":"red","key":"asked"}]}',
	]),
	'settings-code': {
		words: ['TESTIGO', '.', '_'],
		seeds: [asCode(signed('settings', '{"v":1,"number":1}'))],
		read(bytes) {
			const read = jwsOf(bytes.toString('latin1'))
			if (read.ok) hold(read.value.split('.').length === 3, 'it gives three parts')
		},
	},
	request: {
		words: ['"role":"device"', '"tlsProof":"'],
		seeds: [await signRequest('device', makeSigner('k-fuzzed'), makeSigner('k-fuzzed'))],
		read: (bytes) => isResult(readRequest(bytes.toString('latin1'))),
	},
	response: {
		words: ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '\n'],
		seeds: ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
		read: (bytes) => isResult(readResponse(bytes.toString('latin1'))),
	},
	certificates: {
		words: ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', '-----BEGIN PUBLIC KEY-----', '\n'],
		seeds: [key.pem],
		read: (bytes) => isResult(readCertificates(bytes.toString('latin1'))),
	},
	topic: {
		words: ['testigo/v1/', '/entry/', '/image/', '/status', '/receipt', '/+', '#', digest],
		seeds: ['testigo/v1/k-1/entry/12', `testigo/v1/k-1/image/${digest}/0`, 'testigo/v1/k-1/head'],
		read(bytes) {
			const text = bytes.toString()
			const topic = parseTopic(text)
			if (topic !== null) hold(formatTopic(topic) === text, 'what is read has one spelling')
		},
	},
	status: {
		words: ['"state":"online"', '"kiosk":null', '"recorded":'],
		seeds: [
			'{"v":1,"device":"k-1","state":"online","software":"t","recorded":5,"received":3,"kiosk":{"canScan":true,"trouble":null,"clock":"rtc","actas":2},"time":"2026-12-06T23:10:00Z"}',
		],
		read: (bytes) => isResult(parseDeviceStatus(bytes)),
	},
	'uplink-state': json(UplinkState, [
		`{"v":1,"device":"k-1","latestReceipt":null,"entriesUpto":0,"imagesUpto":0,"connected":false,"since":null,"written":"2026-12-06T23:10:00Z","lastError":{"code":"x","detail":"y"},"setAside":[{"seq":1,"reason":"a"}],"setAsideCount":1,"conflicts":[],"contrary":null,"resentTo":["${'A'.repeat(22)}"],"returning":null}`,
	]),
	condition: json(KioskCondition, [
		'{"v":1,"software":"t","clock":"rtc","canScan":true,"trouble":null,"actas":{"recorded":5}}',
	]),
	election: json(ElectionDefinition, [JSON.stringify(presidential2024)]),
	note: {
		words: ['\n\n', '\u2014 ', ' x08go', '=\n', '+', '\u2003'],
		seeds: [`${go.text}\n${go.byPeter}${go.byEnoch}`, certificates.checkpoint],
		read(bytes) {
			const read = parseNote(bytes)
			isResult(read)
			if (read.ok) hold(formatNote(read.value) === bytes.toString(), 'what is read has one spelling')
		},
	},
	checkpoint: {
		words: ['\n', '0', '9007199254740991', '=\n', 'U7WM'],
		seeds: [
			`${certificates.checkpoint.split('\n\n')[0]}\n`,
			`o\n0\n${Buffer.alloc(32).toString('base64')}\nmore\n`,
		],
		read(bytes) {
			const text = bytes.toString()
			const read = parseCheckpoint(text)
			isResult(read)
			if (read.ok) hold(formatCheckpoint(read.value) === text, 'what is read has one spelling')
		},
	},
	'tlog-proof': {
		words: [
			'c2sp.org/tlog-proof@v1\n',
			'extra ',
			'index ',
			'\n\n',
			`${Buffer.alloc(32).toString('base64')}\n`,
		],
		seeds: [
			`c2sp.org/tlog-proof@v1\nextra AAAA\nindex 5\n${Buffer.alloc(32).toString('base64')}\n\n${certificates.checkpoint}`,
			`c2sp.org/tlog-proof@v1\nindex 0\n\n${certificates.checkpoint}`,
		],
		read(bytes) {
			const read = parseTlogProof(bytes)
			isResult(read)
			// The checkpoint may be any bytes.
			if (!read.ok || !bytes.equals(Buffer.from(bytes.toString()))) return
			hold(formatTlogProof(read.value) === bytes.toString(), 'what is read has one spelling')
		},
	},
	'time-stamp': {
		words: ['0\u0003', '\u0002\u0001', '\u0018\u000f20261130162428Z', '\u00a0\u0082'],
		seeds: [
			Buffer.from(
				'MIIBzzADAgEAMIIBxgYJKoZIhvcNAQcCoIIBtzCCAbMCAQMxDzANBglghkgBZQMEAgEFADBuBgsqhkiG9w0BCRABBKBfBF0wWwIBAQYEKgMEATAxMA0GCWCGSAFlAwQCAQUABCAtcRZCtyawRAFifKn7rDL1yFMPsZA8xNsCJYcXkhpIgQIBAhgPMjAyNjExMzAxNjI0MjhaAgkAtmrkOeBVeBgxggErMIIBJwIBATAkMAwxCjAIBgNVBAMMAXQCFBjIYcJ7iSPX+sdo8J1MnbDdRcwfMA0GCWCGSAFlAwQCAQUAoIGYMBoGCSqGSIb3DQEJAzENBgsqhkiG9w0BCRABBDAcBgkqhkiG9w0BCQUxDxcNMjYxMTMwMTYyNDI4WjArBgsqhkiG9w0BCRACDDEcMBowGDAWBBTVXOiHXsbhdnbHga7Vd9egmrjA3DAvBgkqhkiG9w0BCQQxIgQgAbPRJ87EWVlWcCpfuM8U1sBMW0tNPg/IVJ/5bF3V/0EwCgYIKoZIzj0EAwIERjBEAiAT8fWbICVhvSdE7BxEwmMFSuVH0OZ0qjswJ9NkkRh4TQIgGDt7d5w3B7TmYBYjZ2fIcmIP3JjvlfWGR9WrsvzH4jg=',
				'base64',
			),
		],
		read: (bytes) => isResult(readTimeStamp(bytes)),
	},
	bundle: {
		words: ['\0\0', '\0\u0001', '\u00ff\u00ff'],
		seeds: [formatBundle([Buffer.from('a leaf'), Buffer.alloc(0), Buffer.alloc(300)])],
		read(bytes) {
			for (let width = 0; width <= 4; width++) {
				const read = parseBundle(bytes, width)
				isResult(read)
				if (read.ok) hold(formatBundle(read.value).equals(bytes), 'what is read has one spelling')
			}
		},
	},
	'verifier-key': {
		words: ['+', '+AR', '+c74f20a3+', '=='],
		seeds: [go.peter, certificates.witness, certificates.log],
		read(bytes) {
			const text = bytes.toString()
			const read = parseVerifierKey(text)
			isResult(read)
			if (read.ok) hold(formatVerifierKey(read.value) === text, 'what is read has one spelling')
		},
	},
	'tile-path': {
		words: ['tile/', 'entries/', 'x001/', '.p/', '000', '255'],
		seeds: ['tile/0/x001/x234/067', 'tile/entries/000.p/12', 'tile/63/000.p/255'],
		read(bytes) {
			const read = parseTilePath(bytes.toString())
			isResult(read)
			if (read.ok) hold(tilePath(read.value) === bytes.toString(), 'what is read has one spelling')
		},
	},
	mjpeg: {
		words: ['\u00ff\u00d8', '\u00ff\u00d9', '\u00ff\u00da', '\u00ff\u00ff'],
		seeds: [Buffer.from('ffd8ffe000040102ffda0004010211ff00ffd022ffd9', 'hex')],
		read(bytes) {
			const whole = picturesOf([bytes])
			const byByte = picturesOf([...bytes].map((byte) => Buffer.from([byte])))
			hold(isDeepStrictEqual(byByte, whole), 'the same pictures, however the stream is cut')
			for (const picture of whole) hold(endOfJpeg(picture) === picture.length, 'each ends where it says')
		},
	},
	nextion: {
		words: ['\u00ff\u00ff\u00ff', 'e\0\0\u0001', '\u0088', '\u001a', '\0\0\0'],
		seeds: [Buffer.from('65000001ffffff1affffff000000ffffff88ffffff', 'hex')],
		read(bytes) {
			const [whole, byByte] = [new NextionDialect(), new NextionDialect()]
			whole.greet()
			byByte.greet()
			const heard = [...bytes].flatMap((byte) => byByte.hear(Buffer.from([byte])))
			hold(isDeepStrictEqual(heard, whole.hear(bytes)), 'the same inputs, however they are cut')
		},
	},
	'media-type': {
		words: ['<svg', 'ftypheic', '%PDF', 'GIF89a', 'RIFF', 'WEBP', 'II*\0'],
		seeds: [Buffer.from('ffd8ffe0', 'hex'), Buffer.from('89504e470d0a1a0a', 'hex'), 'RIFF0000WEBP'],
		read: (bytes) => isResult(sniffMediaType(bytes)),
	},
	printable: {
		words: ['\u001b[2J', '\u202e', '\u2066', '\u009b', '\u200b', '\ufeff', '\u2028', '𝒳'],
		seeds: ['acta ñ\u0301', '\u001b]0;x\u0007', '\ud83d\udc4d'],
		read(bytes) {
			const text = bytes.toString('utf16le')
			hold(!/[\p{C}\p{Zl}\p{Zp}]/u.test(printable(text)), 'nothing of it moves a terminal')
			const line = jsonLine({ text })
			hold(!/[\p{C}\p{Zl}\p{Zp}]/u.test(line), 'nothing of it moves a terminal')
			hold(JSON.parse(line).text === text, 'and JSON says the same')
		},
	},
}

/** The payload is what is fuzzed; the signature is honest, so that what lies behind it is reached. */
function object(kind: Kind, open: (text: string) => Result<unknown>, seeds: readonly string[]): Target {
	// A seed that is refused leads nowhere.
	for (const seed of seeds) gotten(open(signed(kind, seed)))
	return {
		words: [...new Set(seeds.flatMap((seed) => seed.match(/"\w+":/g) ?? []))],
		seeds,
		read: (bytes) => isResult(open(signed(kind, bytes))),
	}
}

function json(schema: { safeParse(value: unknown): { success: boolean } }, seeds: readonly string[]): Target {
	return {
		words: [...new Set(seeds.flatMap((seed) => seed.match(/"\w+":/g) ?? []))],
		seeds,
		read(bytes) {
			const read = parseJson(bytes)
			if (read.ok) schema.safeParse(read.value)
		},
	}
}

function signed(kind: Kind, payload: string | Uint8Array): string {
	const header = Buffer.from(`{"alg":"ES256","typ":"testigo-${kind}+jws","kid":"k-fuzzed"}`)
	const input = `${header.toString('base64url')}.${Buffer.from(payload).toString('base64url')}`
	const signature = sign('sha256', Buffer.from(input), { key: key.private, dsaEncoding: 'ieee-p1363' })
	return `${input}.${Buffer.from(toLowS(signature)).toString('base64url')}`
}

function picturesOf(chunks: readonly Buffer[]): Buffer[] {
	const pictures: Buffer[] = []
	const cutter = new MjpegCutter(1 << 20, (picture) => pictures.push(picture))
	for (const chunk of chunks) cutter.take(chunk)
	return pictures
}

/** A refusal is a code and a sentence that can be printed. */
function isResult(result: Result<unknown>): void {
	if (result.ok) return
	hold(/^[a-z0-9-]+$/.test(result.fault.code), 'a refusal has a code')
	hold(result.fault.detail.length < 4_000, 'a refusal is a sentence')
}

function hold(kept: boolean, promise: string): void {
	if (!kept) throw new Error(`broken: ${promise}`)
}

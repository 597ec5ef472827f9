/** Journals and ledgers of the vectors, whole and spoiled, with their files, lines and keys changed. */
import type { Random } from '#src/simulator/random.js'
import { vectors } from '../../vectors/vectors.ts'
import { mutatedKeyFile } from './mutate-key-file.ts'
import { seededKeyOf, signedAnew } from './mutate-object.ts'
import { mutatedText } from './mutate-text.ts'
import type { Files } from './verifiers.ts'

type Open = Record<string, string>
type MutateFiles = (files: Open, random: Random) => void

/** The n-th: first the vectors themselves, then what is made of them. */
export function mutatedDirectory(number: number, random: Random): Files {
	const own = vectors.collections[number]
	if (own !== undefined) return own.files
	const whole = vectors.collections.filter(({ faults, refusal }) => faults.length === 0 && refusal === null)
	const files: Open = { ...pick(random.chance(0.6) ? whole : vectors.collections, random).files }
	for (let changes = random.whole(1, 3); changes > 0; changes--) random.pick(changesOfFiles)(files, random)
	return files
}

const changesOfFiles: readonly [MutateFiles, ...MutateFiles[]] = [
	changeLines,
	changeLines,
	changeLines,
	changeKeyFile,
	changeKeyFile,
	signALineAnew,
	signALineAnew,
	changeBytes,
	takeOut,
	bringIn,
	spellOtherwise,
]

function changeLines(files: Open, random: Random): void {
	const path = fileOf(files, /\.jws$/, random)
	if (path === null) return
	const lines = (files[path] ?? '').split('\n').slice(0, -1)
	if (lines.length === 0) return
	const at = random.whole(0, Math.max(0, lines.length - 1))
	const other = random.whole(0, Math.max(0, lines.length - 1))
	const line = lines[at] ?? ''
	const foreign = pick(linesOf(pick(vectors.collections, random).files), random)
	const changed = random.pick([
		() => lines.toSpliced(at, 1),
		() => lines.toSpliced(at, 0, line),
		() => lines.with(at, lines[other] ?? '').with(other, line),
		() => lines.toSpliced(at, 0, foreign ?? ''),
		() => lines.toSpliced(at, 1, foreign ?? ''),
		() => lines.toSpliced(at, 1, mutatedText(line, random)),
		() => lines.toSpliced(at, 0, ''),
		() => lines.toSpliced(other, 0, ...lines.splice(at, 1)),
		() => lines.slice(0, at),
		() => lines.slice(at),
		() => random.shuffled(lines),
	])()
	files[path] = changed.map((one) => `${one}\n`).join('')
}

function signALineAnew(files: Open, random: Random): void {
	const path = fileOf(files, /\.jws$/, random)
	if (path === null) return
	const lines = (files[path] ?? '').split('\n')
	const at = random.whole(0, Math.max(0, lines.length - 2))
	try {
		const line = lines[at] ?? ''
		const { kid } = JSON.parse(Buffer.from(line.split('.')[0] ?? '', 'base64url').toString()) as {
			kid?: string
		}
		lines[at] = signedAnew(line, seededKeyOf(String(kid)), random)
	} catch {
		lines[at] = mutatedText(lines[at] ?? '', random)
	}
	files[path] = lines.join('\n')
}

function changeKeyFile(files: Open, random: Random): void {
	const path = fileOf(files, /\.pem$/, random)
	if (path !== null) files[path] = mutatedKeyFile(files[path] ?? '', random)
}

function changeBytes(files: Open, random: Random): void {
	const path = fileOf(files, /./, random)
	if (path !== null) files[path] = mutatedText(files[path] ?? '', random)
}

function takeOut(files: Open, random: Random): void {
	const path = fileOf(files, /./, random)
	if (path === null) return
	if (random.chance(0.5)) delete files[path]
	else files[path] = ''
}

/** A file of another directory, such as a head, a registry or an authority. */
function bringIn(files: Open, random: Random): void {
	const others = pick(vectors.collections, random).files
	const path = fileOf({ ...others }, /./, random)
	if (path !== null) files[path] = others[path] ?? ''
}

function spellOtherwise(files: Open, random: Random): void {
	const path = fileOf(files, /\.(jws|pem)$/, random)
	if (path === null) return
	const text = files[path] ?? ''
	files[path] = random.pick([
		text.replaceAll('\n', '\r\n'),
		`\xef\xbb\xbf${text}`,
		`${text}\0`,
		`${text}${'\0'.repeat(4096)}`,
		`${text}\n`,
		`${text}x`,
		text.slice(0, -1),
		`${text}${'A'.repeat(random.whole(65_530, 65_545))}\n`,
		`${text}${'A'.repeat(random.whole(65_530, 65_545))}.a.b\n`,
		text.repeat(2),
	])
}

function linesOf(files: Files): string[] {
	return Object.entries(files)
		.filter(([path]) => path.endsWith('.jws'))
		.flatMap(([, text]) => text.split('\n').filter((line) => line !== ''))
}

function fileOf(files: Files, pattern: RegExp, random: Random): string | null {
	const paths = Object.keys(files).filter((path) => pattern.test(path))
	return paths.length === 0 ? null : pick(paths, random)
}

function pick<T>(from: readonly T[], random: Random): T {
	return from[random.whole(0, from.length - 1)] as T
}

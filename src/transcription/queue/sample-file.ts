/**
 * A list of what is to be read by people whatever was read of it: entry ids or tables, one a line; also the CSV that
 * `testigo sample` writes, whose first column is the table.
 */
import { ObjectId } from '../../evidence/fields.ts'
import { tableName } from '../../evidence/ruling.ts'
import { readCapped } from '../../platform/files/capped-file.ts'
import { printable } from '../../platform/printable.ts'
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'
import { longestSample } from '../../sampling/sample-file.ts'

const mostTold = 100

export interface SampleFault extends Fault<'sample-unreadable' | 'sample-invalid'> {
	/** The first of them: `line 3: …` */
	readonly faults: readonly string[]
}

export async function readSample(path: string): Promise<Result<ReadonlySet<string>, SampleFault>> {
	const bytes = await readCapped(path, longestSample)
	if (!bytes.ok) {
		const { ok, fault } = fail('sample-unreadable', `${path}: ${bytes.fault.detail}`)
		return { ok, fault: { ...fault, faults: [] } }
	}
	const sample = new Set<string>()
	const faults: string[] = []
	let count = 0
	for (const [index, line] of bytes.value.toString('latin1').split('\n').entries()) {
		const [word = ''] = line.replace(/\r$/, '').split(',')
		if (word === '' || (index === 0 && word === 'table')) continue
		if (ObjectId.safeParse(word).success || tableName.test(word)) sample.add(word)
		else if (++count <= mostTold) {
			faults.push(
				`line ${index + 1}: neither an entry's id nor a table, as 121202007.01: ${printable(word, 60)}`,
			)
		}
	}
	if (count === 0) return ok(sample)
	const { ok: no, fault } = fail('sample-invalid', `${path}: ${count} lines name nothing that can be read`)
	return { ok: no, fault: { ...fault, faults } }
}

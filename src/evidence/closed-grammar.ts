/**
 * Fields that a schema does not name. Readers keep and ignore them; what is public for ever must have none: a name, or a
 * number, could stand in one. The schema itself is asked, so that what is read and what is published can't differ.
 */
import type * as z from 'zod'

type Schema = z.core.$ZodTypes

/** The path of one, as `reading.who`; null where there is none. `value` is JSON that `schema` takes. */
export function unknownFieldIn(schema: z.ZodType, value: unknown): string | null {
	return unknownAt(schema as unknown as Schema, value, '')
}

function unknownAt(schema: Schema, value: unknown, path: string): string | null {
	const { def } = schema._zod
	switch (def.type) {
		case 'object':
			return unknownInObject(def, value as Record<string, unknown>, path)
		case 'array':
			return firstOf(value as unknown[], (item, index) =>
				unknownAt(def.element as Schema, item, `${path}[${index}]`),
			)
		case 'optional':
		case 'nullable':
			return value === null || value === undefined ? null : unknownAt(def.innerType as Schema, value, path)
		case 'union': {
			const options = (def.options as readonly Schema[]).filter((option) => takes(option, value))
			const found = options.map((option) => unknownAt(option, value, path))
			return found.includes(null) ? null : (found[0] ?? path)
		}
		case 'string':
		case 'number':
		case 'boolean':
		case 'literal':
		case 'enum':
		case 'undefined':
			return null
		default:
			// A kind of schema that nobody has thought about here says nothing of what is in it.
			return path
	}
}

function unknownInObject(
	{ shape }: z.core.$ZodObjectDef,
	value: Record<string, unknown>,
	path: string,
): string | null {
	return firstOf(Object.entries(value), ([name, field]) => {
		const where = path === '' ? name : `${path}.${name}`
		const known = Object.hasOwn(shape, name) ? (shape[name] as Schema) : null
		return known === null ? where : unknownAt(known, field, where)
	})
}

function takes(schema: Schema, value: unknown): boolean {
	return (schema as unknown as z.ZodType).safeParse(value).success
}

function firstOf<T>(all: readonly T[], find: (one: T, index: number) => string | null): string | null {
	for (const [index, one] of all.entries()) {
		const found = find(one, index)
		if (found !== null) return found
	}
	return null
}

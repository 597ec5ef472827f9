import { expect, test } from 'vitest'

test('fails when it is told to', () => {
	expect(process.env['ALSO_WRONG']).toBeUndefined()
})

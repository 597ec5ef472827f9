import { afterEach, beforeEach, expect, test } from 'vitest'
import { presidential2024 } from '#src/acta/presidential-2024.js'
import { ActaPrinter, type PrintOrder } from '#src/simulator/acta-printer.js'
import { paper } from '../support/printed-actas.ts'

const order = (seed: string): PrintOrder => ({ paper, severity: 0, seed, megapixels: 3 })

let printer: ActaPrinter
beforeEach(() => {
	printer = new ActaPrinter(presidential2024)
})
afterEach(() => printer.stop())

test('the printer applies overrides, and prints the same after it was stopped and started again', async () => {
	await expect(printer.print(order('a'))).rejects.toThrow('not started')
	await printer.start()
	const first = await printer.print(order('a'))
	const dark = await printer.print({ ...order('a'), overrides: { tray: 0.01 } })
	expect(dark.photograph).toEqual({ ...first.photograph, tray: 0.01 })
	expect(Buffer.from(dark.jpeg).equals(first.jpeg)).toBe(false)
	const abandoned = printer.print(order('b'))
	const rejected = expect(abandoned).rejects.toThrow('stopped')
	await printer.stop()
	await rejected
	await printer.start()
	expect(Buffer.from((await printer.print(order('a'))).jpeg).equals(first.jpeg)).toBe(true)
})

test('an order that fails is one failure, and the next is printed', async () => {
	await printer.start()
	const impossible = printer.print({ ...order('a'), overrides: { jpegQuality: 1000 } })
	await expect(impossible).rejects.toThrow('quality')
	expect((await printer.print(order('a'))).jpeg.length).toBeGreaterThan(10_000)
})

import { expect, test } from 'vitest'
import { ReceiptDeduplication } from '#src/receipts/receipt-deduplication.js'

const whole = [{ sha256: '0'.repeat(64), status: 'stored', missing: [] }] as const
const lacking = [{ sha256: '0'.repeat(64), status: 'missing', missing: [[0, 3]] }] as const

function said(seq: number, more: object = {}) {
	return { ledger: 'first', seq, status: 'stored' as const, images: [], ...more }
}

test('a receipt is news once, however often it is played again', () => {
	const news = new ReceiptDeduplication()
	expect([said(1), said(2), said(1), said(1)].map((receipt) => news.isNew(receipt))).toEqual([
		...[true, true, false, false],
	])
})

test('the centre saying the same anew is no news, that it has the files now is', () => {
	const news = new ReceiptDeduplication()
	expect(news.isNew(said(1, { images: lacking }))).toBe(true)
	expect(news.isNew(said(1, { images: lacking, status: 'duplicate' }))).toBe(false)
	expect(news.isNew(said(1, { images: whole }))).toBe(true)
	expect(news.isNew(said(1, { images: whole, status: 'duplicate' }))).toBe(false)
})

test('a conflict is news, and so is another ledger', () => {
	const news = new ReceiptDeduplication()
	expect(news.isNew(said(1))).toBe(true)
	expect(news.isNew(said(1, { status: 'conflict' }))).toBe(true)
	expect(news.isNew(said(1, { ledger: 'second' }))).toBe(true)
	expect(news.isNew(said(1, { ledger: 'second' }))).toBe(false)
})

test('what is rejected is never news: a broker can have as many of these signed as it likes', () => {
	expect(new ReceiptDeduplication().isNew(said(1, { status: 'rejected' }))).toBe(false)
})

test('after a start nothing that was complete before is news', () => {
	const news = new ReceiptDeduplication()
	news.markKnown('first', 5)
	expect(news.isNew(said(5))).toBe(false)
	expect(news.isNew(said(6))).toBe(true)
	expect(news.isNew(said(5, { ledger: 'second' }))).toBe(true)
})

/** What the centre said last of each entry that it holds, while a folder was taken in: what goes home with the stick. */
import type { Replies } from '../central/intake.ts'
import { parseJws } from '../evidence/jws.ts'
import { readPayload } from '../evidence/open.ts'
import { Receipt } from '../evidence/receipt.ts'

export class LatestReceipts {
	/** By device and entry. */
	readonly #latest = new Map<string, { readonly text: string; readonly receipt: Receipt }>()

	/** Takes in what the centre has just signed for `device`; gives the first receipt in it. */
	take(device: string, answers: Replies): Receipt | null {
		const receipts = answers
			.filter(({ kind }) => kind === 'receipt')
			.map(({ text }) => this.#add(device, text))
		return receipts[0] ?? null
	}

	#add(device: string, text: string): Receipt {
		const jws = parseJws(text, 'receipt')
		const read = jws.ok ? readPayload(jws.value, Receipt) : jws
		if (!read.ok) throw new Error(`the centre signed what is no receipt: ${read.fault.detail}`)
		const receipt = read.value
		// What is in quarantine is rejected and held all the same.
		const isHeld = receipt.status !== 'rejected' || receipt.reason === 'revoked'
		if (isHeld) this.#latest.set(`${device} ${receipt.entry}`, { text, receipt })
		return receipt
	}

	/** The receipt and its bytes. */
	of(device: string, entry: string): { readonly text: string; readonly receipt: Receipt } | undefined {
		return this.#latest.get(`${device} ${entry}`)
	}
}

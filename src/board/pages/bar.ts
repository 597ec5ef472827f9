/** Pictures of numbers. Each stands beside its number and is hidden from who hears the page: it says nothing more. */
import { type Html, html } from '../../platform/html.ts'

/** As long as `part` is of `of`; bars of one `of` can be compared. */
export function bar(part: number, of: number): Html {
	const width = of > 0 ? Math.min(1000, Math.round((1000 * part) / of)) : 0
	return html`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="ground" width="1000" height="10"></rect><rect class="length" width="${width}" height="10"></rect></svg>`
}

/** One column for each value, as high as it is of the highest. */
export function columns(values: readonly number[]): Html {
	const most = Math.max(1, ...values)
	const rects = values.map((value, index) => {
		const height = Math.round((1000 * value) / most)
		return html`<rect class="length" x="${index * 20 + 2}" y="${1000 - height}" width="16" height="${height}"></rect>`
	})
	const width = Math.max(1, values.length) * 20
	return html`<svg class="columns" viewBox="0 0 ${width} 1000" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="ground" y="990" width="${width}" height="10"></rect>${rects}</svg>`
}

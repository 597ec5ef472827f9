import * as z from 'zod'

/** Bytes of UTF-8. */
const longest = 200

/** What does not show, or turns the writing: a line by which somebody passes for another. */
const unfit =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]/u

/** A line in the authority's words that people read on every page. */
export const ShownText = z
	.string()
	.min(1)
	.refine((text) => Buffer.byteLength(text) <= longest, `at most ${longest} bytes`)
	.refine((text) => !unfit.test(text) && !/^ | $/.test(text), 'one line, without what does not show')

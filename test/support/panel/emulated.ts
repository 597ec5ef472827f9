/** What stands within the frame that a terminal draws. */
export function withoutFrame(text: readonly string[]): readonly string[] {
	return text.slice(1, -1).map((line) => line.replace(/^│ (.*) │$/, '$1').trimEnd())
}

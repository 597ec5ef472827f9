/** How the codes begin that a technician holds before a kiosk's camera; no acta's does. */

/** A response (`response.ts`). */
export const responseMark = 'TESTIGO-1:'

/** Settings of a campaign (`settings/settings-code.ts`). */
export const settingsMark = 'TESTIGO-SETTINGS-1:'

export function isTechniciansCode(text: string): boolean {
	return text.startsWith(responseMark) || text.startsWith(settingsMark)
}

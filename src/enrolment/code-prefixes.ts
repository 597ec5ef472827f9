/** How the codes begin that a technician holds before a kiosk's camera; no acta's does. */

/** A response (`response.ts`). */
export const responsePrefix = 'TESTIGO-1:'

/** Settings of a campaign (`settings/settings-code.ts`). */
export const settingsPrefix = 'TESTIGO-SETTINGS-1:'

export function isTechniciansCode(text: string): boolean {
	return text.startsWith(responsePrefix) || text.startsWith(settingsPrefix)
}

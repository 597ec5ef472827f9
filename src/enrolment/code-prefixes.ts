/** How the codes begin that a technician holds before a kiosk's camera; no acta's does. */

/** A response (`response.ts`). */
export const responsePrefix = 'TESTIGO-2:'

/** One of an earlier version, which nobody had signed as a whole: read only to say so. */
export const unsignedResponsePrefix = 'TESTIGO-1:'

/** Settings of a campaign (`settings/settings-code.ts`). */
export const settingsPrefix = 'TESTIGO-SETTINGS-1:'

export function isTechniciansCode(text: string): boolean {
	return [responsePrefix, unsignedResponsePrefix, settingsPrefix].some((prefix) => text.startsWith(prefix))
}

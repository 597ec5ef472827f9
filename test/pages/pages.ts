/** Everything in the repository that is generated from the code: `npm run pages` writes it, the gate compares it. */
import { cataloguePage, cataloguePictures, codePictures } from '../support/panel/catalogue-page.ts'
import { page as verifyingPage } from '../vectors/page.ts'
import { configurationPage } from './configuration-page.ts'
import { election2024ForPage, election2024ForPython } from './election-2024.ts'
import { eventsPage } from './events-page.ts'
import { objectsPage } from './objects-page.ts'
import { wordListsForPage, wordListsForPython } from './word-lists.ts'

/** Text of each generated page, by its path from the root of the repository. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
	return new Map([
		['provisioning/guides/configuration.md', configurationPage()],
		['provisioning/guides/events.md', eventsPage()],
		['provisioning/verify/OBJECTS.md', objectsPage()],
		['provisioning/verify/checks/presidential_2024.py', election2024ForPython()],
		['provisioning/verify/checks/word_lists.py', wordListsForPython()],
		['provisioning/verify/page/presidential-2024.js', election2024ForPage()],
		['provisioning/verify/page/word-lists.js', wordListsForPage()],
		['provisioning/verify/verify.html', verifyingPage()],
		['src/panel/screens.md', cataloguePage()],
	])
}

/** Generated PNGs, by path. Compared by their pixels: compressors differ. */
export async function generatedPictures(): Promise<ReadonlyMap<string, Buffer>> {
	const pictures = [...cataloguePictures(), ...(await codePictures())]
	const made = pictures.map(
		async ([name, picture]) => [`src/panel/pictures/${name}.png`, await picture.png()] as const,
	)
	return new Map(await Promise.all(made))
}

import { expect, test } from 'vitest'
import { pictureRoute } from '#src/board/pictures.js'
import { ForeignFiles } from '#src/platform/files/foreign-file.js'
import { CentreMaker } from '../support/centre-maker.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('gives every picture of a page with many, however many are asked for at once', async () => {
	const centre = new CentreMaker(await temporaryFolder())
	const pictures = Array.from({ length: 12 }, (_, index) =>
		centre.picture(Buffer.from(`ffd8ffe0${index.toString(16).padStart(4, '0')}`, 'hex')),
	)
	const { directory } = centre
	const { answer } = pictureRoute({ directory, files: new ForeignFiles(), isPublic: () => true })
	const answers = await Promise.all(
		pictures.map((sha256) =>
			answer({
				...{ method: 'GET', path: `/picture/${sha256}`, target: `/picture/${sha256}`, from: '' },
				...{ parameters: { sha256 }, query: new URLSearchParams(), cookies: new Map(), languages: '' },
				body: Buffer.alloc(0),
			}),
		),
	)
	expect(answers.map((one) => ('status' in one ? one.status : null))).toEqual(pictures.map(() => 200))
})

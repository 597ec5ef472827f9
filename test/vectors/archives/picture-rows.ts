/** Of pictures: there, taken away, withdrawn, altered. */
import { digestOf } from '../collections.ts'
import { picturePath, pictures } from './published.ts'
import type { RowMaking } from './row-making.ts'

export function addPictureRows({ copied, covered }: RowMaking): void {
	copied('a picture swapped', 'image-altered', { [picturePath(pictures[0])]: pictures[1] })
	copied('a picture cut off', 'image-altered', { [picturePath(pictures[0])]: 'picture' })
	copied('a picture taken away', null, { [picturePath(pictures[0])]: null })
	covered('a picture withdrawn', null, {
		[picturePath(pictures[0])]: null,
		'disputes/withdrawn.csv': `picture,day,reason\n${digestOf(pictures[0])},2024-07-31,order\n`,
	})
	copied('a picture that no leaf names', 'image-unknown', { [picturePath('another')]: 'another' })
	copied('a picture in another place', 'image-unknown', {
		[`image/00/${digestOf(pictures[0])}`]: pictures[0],
	})
}

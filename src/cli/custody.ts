/** Stands under every result that rests on signatures, since people take a proof of custody for one of truth. */
export const custodyNotTruth =
	'Signatures prove custody (who recorded these bytes, and in which order), never that the paper is genuine.'

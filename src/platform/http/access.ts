/** Whom a server lets in. */
import type { HttpAnswer, HttpRequest } from './exchange.ts'

export interface Access {
	/** What is answered in place of the route; null where the request may go on. Never asked for assets. */
	refusal(request: HttpRequest): HttpAnswer | null | Promise<HttpAnswer | null>
	/** Bytes of a body that it takes itself at this path. */
	bodyBytes(path: string): number
}

/** Whoever reaches the address. */
export const openAccess: Access = { refusal: () => null, bodyBytes: () => 0 }

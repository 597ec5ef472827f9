/**
 * The package `pkcs11js`, as far as it is used. It is optional, since it is built at installation: its own types
 * are there only where it could be. Names are those of the standard, PKCS #11 v2.40.
 */
import { type Fault, fail, ok, type Result } from '../../platform/result.ts'

export type Handle = Buffer

interface Attribute {
	readonly type: number
	readonly value?: number | boolean | string | Buffer
}

/** Throws errors whose message is the standard's name of the return value, and whose `code` is its number. */
export interface Library {
	load(path: string): void
	C_Initialize(options: { readonly flags: number }): void
	C_Finalize(): void
	C_GetSlotList(tokenPresent: boolean): Handle[]
	C_GetTokenInfo(slot: Handle): {
		readonly label: string
		readonly serialNumber: string
		readonly flags: number
	}
	C_OpenSession(slot: Handle, flags: number): Handle
	C_CloseSession(session: Handle): void
	C_Login(session: Handle, user: number, pin: string): void
	C_FindObjectsInit(session: Handle, template: Attribute[]): void
	C_FindObjects(session: Handle, most: number): Handle[]
	C_FindObjectsFinal(session: Handle): void
	C_GetAttributeValue(session: Handle, object: Handle, template: Attribute[]): { readonly value: Buffer }[]
	C_GenerateKeyPairAsync(
		session: Handle,
		mechanism: { readonly mechanism: number },
		publicKey: Attribute[],
		privateKey: Attribute[],
	): Promise<unknown>
	C_SignInit(session: Handle, mechanism: { readonly mechanism: number }, key: Handle): void
	C_SignAsync(session: Handle, digest: Buffer, signature: Buffer): Promise<Buffer>
}

type Constant =
	| 'CKA_ALWAYS_SENSITIVE'
	| 'CKA_CLASS'
	| 'CKA_EC_PARAMS'
	| 'CKA_EC_POINT'
	| 'CKA_EXTRACTABLE'
	| 'CKA_ID'
	| 'CKA_KEY_TYPE'
	| 'CKA_LABEL'
	| 'CKA_NEVER_EXTRACTABLE'
	| 'CKA_PRIVATE'
	| 'CKA_SENSITIVE'
	| 'CKA_SIGN'
	| 'CKA_TOKEN'
	| 'CKA_VERIFY'
	| 'CKF_OS_LOCKING_OK'
	| 'CKF_RW_SESSION'
	| 'CKF_SERIAL_SESSION'
	| 'CKF_USER_PIN_FINAL_TRY'
	| 'CKK_EC'
	| 'CKM_EC_KEY_PAIR_GEN'
	| 'CKM_ECDSA'
	| 'CKO_PRIVATE_KEY'
	| 'CKO_PUBLIC_KEY'
	| 'CKR_CRYPTOKI_ALREADY_INITIALIZED'
	| 'CKR_PIN_INCORRECT'
	| 'CKR_PIN_INVALID'
	| 'CKR_PIN_LEN_RANGE'
	| 'CKR_PIN_LOCKED'
	| 'CKR_USER_ALREADY_LOGGED_IN'
	| 'CKU_USER'

export type Cryptoki = Readonly<Record<Constant, number>> & { readonly PKCS11: new () => Library }

export async function loadCryptoki(): Promise<Result<Cryptoki, Fault<'no-pkcs11'>>> {
	try {
		// Not a literal: the compiler must not look for a package that may be missing.
		const name: string = 'pkcs11js'
		const loaded: { readonly default: Cryptoki } = await import(name)
		return ok(loaded.default)
	} catch (error) {
		const { code = 'unknown' } = error as NodeJS.ErrnoException
		return fail(
			'no-pkcs11',
			`keys in tokens need the package pkcs11js, which can't be loaded (${code}); install g++, make and python3, and then Testigo again`,
		)
	}
}

/** The standard's name of what went wrong, as `CKR_DEVICE_REMOVED`. */
export function reasonOf(error: unknown): string {
	return (error as Error).message.split('\n')[0]?.slice(0, 200) ?? 'unknown'
}

/** The standard's number of it; undefined when it was something else. */
export function cryptokiErrorCode(error: unknown): unknown {
	return (error as { readonly code?: unknown }).code
}

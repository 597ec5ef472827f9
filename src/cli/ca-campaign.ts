/**
 * `testigo ca campaign|mirrors`: what decides the figures and the trust of the public log, and where it can be had, signed
 * for who publishes and for strangers.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Command } from 'commander'
import { ElectionDefinition } from '../acta/election.ts'
import { longestRegister, parseRegister } from '../acta/register/canonical.ts'
import { registryFile } from '../audit/published-authority.ts'
import type { CampaignAuthority } from '../enrolment/authority.ts'
import {
	type IssuedNow,
	type IssuingFault,
	issueCampaign,
	issueMirrors,
	namedRegistry,
	type WantedCampaign,
} from '../enrolment/publish-campaign.ts'
import { currentCentres } from '../enrolment/publish-centres.ts'
import {
	type Campaign,
	campaignFile,
	CampaignIssues,
	type EarlierLog,
	logKey,
	mostWitnesses,
	type NamedIssue,
	type Witness,
} from '../evidence/authority/campaign.ts'
import { digestOfText } from '../evidence/authority/centre-list.ts'
import { mirrorsFile } from '../evidence/authority/mirrors.ts'
import { encodeBase64 } from '../evidence/base64.ts'
import { longestRegistry } from '../evidence/jws.ts'
import { fingerprintWords } from '../evidence/keys/fingerprint-words.ts'
import { parseVerifierKey } from '../evidence/keys/verifier-key.ts'
import { openCheckpoint } from '../log/checkpoint.ts'
import { longestNote, parseNote } from '../log/note.ts'
import { readCapped } from '../platform/files/capped-file.ts'
import { replaceFile } from '../platform/files/durable.ts'
import { faultsOf } from '../platform/files/json-file.ts'
import type { Result } from '../platform/result.ts'
import { parseJson } from '../platform/strict-json.ts'
import type { WordLanguage } from '../platform/word-lists.ts'
import { wholeNumber } from './arguments.ts'
import { refuseDiskErrors, withAuthority } from './ca-authority.ts'
import { publishCentres } from './ca-centres.ts'
import { languageOption } from './enrol.ts'
import { CommandRefused, exit } from './exit.ts'
import { printAside, printLines } from './output.ts'
import { timeOfDay } from './time-of-day.ts'

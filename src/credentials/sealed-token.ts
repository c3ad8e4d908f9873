import { hkdfSync, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import { compactDecrypt } from 'jose/jwe/compact/decrypt';
import { CompactEncrypt } from 'jose/jwe/compact/encrypt';
import { ActionError } from '../errors.ts';
import { decodeBase64 } from './pem.ts';
import { toPkcs8Der } from './private-key.ts';

/** What one job passes to another. */
export interface SealedTokenPayload {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  /** Undefined if the response did not say. */
  readonly expiresAt?: Date | undefined;
  readonly apiUrl: string;
}

/** The key that seals and unseals: a dedicated one, or one derived from the private key. */
export type SealKey =
  | { readonly kind: 'seal-key'; readonly bytes: Uint8Array }
  | { readonly kind: 'private-key'; readonly privateKey: KeyObject };

/** Where a sealed token can be unsealed: only in the same repository and run. */
export interface SealScope {
  /** The repository's ID, or its name if the runner gives no ID. */
  readonly repository: string;
  readonly runId: string;
}

interface SealOptions {
  readonly sealKey: SealKey;
  readonly scope: SealScope;
}

const VERSION = 1;
const HEADER = { alg: 'dir', enc: 'A256GCM', typ: 'sealed-token', ver: VERSION } as const;
const SEAL_KEY_BYTES = 32;

/** Payloads are padded to a multiple of this many bytes, so that the size does not reveal the token's length. */
const PADDING_BYTES = 2048;

/**
 * Reads a dedicated seal key: 32 bytes, as base64 (either alphabet) or hex.
 *
 * @throws {ActionError} INPUT_INVALID
 */
export function parseSealKey(text: string): Uint8Array {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : decodeBase64(text);
  if (bytes?.length === SEAL_KEY_BYTES) return bytes;
  throw new ActionError('INPUT_INVALID', '`seal-key` must be 32 random bytes, as base64 or hex.', {
    remedy: 'Create one with `openssl rand -base64 32`.',
    inputs: ['seal-key'],
  });
}

/**
 * Seals a token as a compact JWE, encrypted directly with a key that is derived from the seal key
 * (RFC 7516 §7.1, RFC 7518 §4.5 and §5.3, RFC 5869). The header's `kid` names the kind of key.
 */
export async function sealToken(payload: SealedTokenPayload, options: SealOptions): Promise<string> {
  const text = Buffer.from(JSON.stringify(payload));
  // JSON ignores trailing white space, so the padding can be removed without a length.
  const padded = Buffer.alloc(Math.ceil(text.length / PADDING_BYTES) * PADDING_BYTES, ' ');
  text.copy(padded);
  return await new CompactEncrypt(padded)
    .setProtectedHeader({ ...HEADER, kid: options.sealKey.kind })
    .encrypt(deriveKey(options));
}

/**
 * Unseals a token.
 *
 * @throws {ActionError} SEALED_TOKEN_INVALID, SEALED_TOKEN_EXPIRED
 */
export async function unsealToken(
  sealed: string,
  options: SealOptions & { readonly now: Date },
): Promise<SealedTokenPayload> {
  const { alg, enc, ver, kid } = decodeHeader(sealed);
  if (alg !== HEADER.alg || enc !== HEADER.enc || ver !== VERSION) {
    throw invalid('was sealed by another version of sprinklr-token', {
      remedy: 'Use the same version of the action in the sealing job and in the jobs that unseal.',
    });
  }
  const { kind } = options.sealKey;
  if (kid !== kind && (kid === 'seal-key' || kid === 'private-key')) {
    throw invalid(`was sealed with \`${kid}\`, but this job uses \`${kind}\``, {
      remedy: 'Pass the same key to both jobs. If `seal-key` is set, `private-key` is ignored.',
    });
  }
  const { plaintext } = await compactDecrypt(sealed, deriveKey(options), {
    keyManagementAlgorithms: [HEADER.alg],
    contentEncryptionAlgorithms: [HEADER.enc],
  }).catch((cause: unknown) => {
    throw invalid(
      'could not be decrypted: it was sealed with a different key, in another repository or workflow run, or it was changed in transit',
      {
        remedy: `Pass this job the same \`${kind}\` as the sealing job, and a \`sealed-token\` output of this run.`,
        cause,
      },
    );
  });
  const payload = parsePayload(Buffer.from(plaintext).toString());
  if (payload.expiresAt !== undefined && payload.expiresAt <= options.now) {
    throw new ActionError(
      'SEALED_TOKEN_EXPIRED',
      `The token in \`sealed-token\` expired at ${payload.expiresAt.toISOString()}.`,
      {
        remedy:
          'Re-run all jobs, so that the sealing job requests a new token. Re-running only the failed jobs is not enough.',
      },
    );
  }
  return payload;
}

/** Checks a payload as strictly as a response from Sprinklr. No message contains any of it. */
function parsePayload(text: string): SealedTokenPayload {
  const { accessToken, tokenType, expiresAt, apiUrl } = parseJsonObject(text);
  const isToken = typeof accessToken === 'string' && /^[\x21-\x7e]{8,16384}$/.test(accessToken);
  const expiry = typeof expiresAt === 'string' && ISO_DATE.test(expiresAt) ? new Date(expiresAt) : undefined;
  const hasExpiry = expiresAt === undefined || (expiry !== undefined && !Number.isNaN(expiry.valueOf()));
  if (!isToken || tokenType !== 'Bearer' || !hasExpiry || !isApiUrl(apiUrl)) {
    throw invalid('does not contain a valid token, expiry, and API URL', {
      remedy:
        'Use only a `sealed-token` output of this action. Another program with the same key sealed this value.',
    });
  }
  return { accessToken, tokenType, apiUrl, ...(expiry && { expiresAt: expiry }) };
}

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}

/** An HTTPS URL (or HTTP on a loopback address) of an origin and an environment, exactly as the action writes it. */
function isApiUrl(text: unknown): text is string {
  if (typeof text !== 'string' || !URL.canParse(text)) return false;
  const { protocol, hostname, origin } = new URL(text);
  const isLoopback = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(hostname);
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && isLoopback);
  return isAllowed && text.startsWith(origin) && /^(\/[a-z][a-z0-9-]*)?$/.test(text.slice(origin.length));
}

/** A separate key for each purpose, version, repository, and run. */
function deriveKey({ sealKey, scope: { repository, runId } }: SealOptions): Uint8Array {
  const secret = sealKey.kind === 'seal-key' ? sealKey.bytes : toPkcs8Der(sealKey.privateKey);
  const info = JSON.stringify(['sprinklr-token/sealed-token', VERSION, repository, runId]);
  return new Uint8Array(hkdfSync('sha256', secret, '', info, 32));
}

function decodeHeader(sealed: string): Readonly<Record<string, unknown>> {
  try {
    if (sealed.split('.').length !== 5) throw new TypeError('not five parts');
    return { ...decodeProtectedHeader(sealed) };
  } catch (cause) {
    throw invalid('is not a sealed token', {
      remedy: "Pass the sealing job's `sealed-token` output through `outputs` and `needs`.",
      cause,
    });
  }
}

function invalid(problem: string, details: { remedy: string; cause?: unknown }): ActionError {
  return new ActionError('SEALED_TOKEN_INVALID', `\`sealed-token\` ${problem}.`, {
    ...details,
    inputs: ['sealed-token'],
  });
}

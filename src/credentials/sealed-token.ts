import { hkdfSync, type KeyObject } from 'node:crypto';
import { ActionError } from '../errors.ts';
import { toPkcs8Der } from './private-key.ts';

/** What crosses from one job to another. */
export interface SealedTokenPayload {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresAt: Date;
  readonly apiUrl: string;
}

/** Where a sealed token may be opened: by a holder of the key, in the same repository and run. */
export interface SealScope {
  readonly privateKey: KeyObject;
  /** The repository's id, or its name where a runner gives no id. */
  readonly repository: string;
  readonly runId: string;
}

const VERSION = 1;
const HEADER = { alg: 'dir', enc: 'A256GCM', typ: 'sealed-token', ver: VERSION } as const;

/** Contents are padded to a multiple of this, in bytes: several times the longest token that was seen. */
const PADDING_BYTES = 2048;

/**
 * Seals a token as a compact JWE, encrypted directly with a key that only a holder of the private key can derive
 * (RFC 7516 §7.1, RFC 7518 §4.5 and §5.3, RFC 5869).
 */
export async function sealToken(content: SealedTokenPayload, scope: SealScope): Promise<string> {
  const { accessToken, tokenType, expiresAt, apiUrl } = content;
  const text = Buffer.from(
    JSON.stringify({ accessToken, tokenType, expiresAt: expiresAt.toISOString(), apiUrl }),
  );
  // White space is no part of a JSON value, so the padding needs no format of its own.
  const padded = Buffer.alloc(Math.ceil(text.length / PADDING_BYTES) * PADDING_BYTES, ' ');
  text.copy(padded);
  const { CompactEncrypt } = await import('./jwe.ts');
  return await new CompactEncrypt(padded).setProtectedHeader(HEADER).encrypt(deriveKey(scope));
}

/**
 * Opens a sealed token.
 *
 * @throws {ActionError} SEALED_TOKEN_INVALID, SEALED_TOKEN_EXPIRED
 */
export async function unsealToken(
  sealed: string,
  scope: SealScope & { readonly now: Date },
): Promise<SealedTokenPayload> {
  const { compactDecrypt, decodeProtectedHeader } = await import('./jwe.ts');
  const { alg, enc, ver } = decodeHeader(sealed, decodeProtectedHeader);
  if (alg !== HEADER.alg || enc !== HEADER.enc || ver !== VERSION) {
    throw invalid(
      'was made by another version of sprinklr-token',
      'Use the same version of the action in the job that seals and in those that unseal.',
    );
  }
  const { plaintext } = await compactDecrypt(sealed, deriveKey(scope), {
    keyManagementAlgorithms: [HEADER.alg],
    contentEncryptionAlgorithms: [HEADER.enc],
  }).catch(() => {
    throw invalid(
      'does not open: it was made with another private key, in another repository or workflow run, or it was changed on the way',
      'Give unseal the same private-key as the job that sealed, and a sealed-token output of this very run.',
    );
  });
  // Whoever could write this holds the key, so it is what `sealToken` wrote.
  const content = JSON.parse(Buffer.from(plaintext).toString()) as Omit<SealedTokenPayload, 'expiresAt'> & {
    expiresAt: string;
  };
  const expiresAt = new Date(content.expiresAt);
  if (expiresAt <= scope.now) {
    throw new ActionError(
      'SEALED_TOKEN_EXPIRED',
      `The token in sealed-token expired at ${content.expiresAt}.`,
      'Run the job that mints the token again; re-running all jobs does that, re-running failed jobs alone does not.',
    );
  }
  return { ...content, expiresAt };
}

/** A key of its own for each purpose, version, repository and run. */
function deriveKey({ privateKey, repository, runId }: SealScope): Uint8Array {
  const info = JSON.stringify(['sprinklr-token/sealed-token', VERSION, repository, runId]);
  return new Uint8Array(hkdfSync('sha256', toPkcs8Der(privateKey), '', info, 32));
}

function decodeHeader(sealed: string, decode: (sealed: string) => object): Partial<typeof HEADER> {
  try {
    if (sealed.split('.').length !== 5) throw new TypeError('not five parts');
    return decode(sealed);
  } catch {
    throw invalid(
      'is not a sealed token',
      'Give it the output sealed-token of the job that mints, by way of needs: ${{ needs.JOB.outputs.sealed-token }}.',
    );
  }
}

function invalid(problem: string, remedy: string): ActionError {
  return new ActionError('SEALED_TOKEN_INVALID', `The input sealed-token ${problem}.`, remedy);
}

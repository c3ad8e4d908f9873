import type { TokenResult } from '../../modes/token.ts';
import { CliError } from '../errors.ts';

export const FORMATS = ['token', 'json', 'env'] as const;
export type Format = (typeof FORMATS)[number];

/** The environment of later commands, as the action's `export-env` sets it. */
export function tokenVariables({ accessToken, apiUrl }: TokenResult, apiKey: string): Record<string, string> {
  return {
    SPRINKLR_ACCESS_TOKEN: accessToken.value,
    SPRINKLR_API_URL: apiUrl,
    SPRINKLR_API_KEY: apiKey,
  };
}

/** The text of a result, which ends with a line break. */
export function formatToken(result: TokenResult, format: Format, apiKey: string): string {
  switch (format) {
    case 'token':
      return `${result.accessToken.value}\n`;
    case 'json':
      return `${JSON.stringify(toJson(result), null, 2)}\n`;
    case 'env':
      return Object.entries(tokenVariables(result, apiKey))
        .map(([name, value]) => formatVariable(name, value))
        .join('');
  }
}

/** With the names of the action's outputs. */
function toJson({ accessToken, apiUrl, identity }: TokenResult): Record<string, string | number | null> {
  return {
    'access-token': accessToken.value,
    'token-type': accessToken.type,
    'expires-in': accessToken.expiresIn ?? null,
    'expires-at': accessToken.expiresAt?.toISOString() ?? null,
    'api-url': apiUrl,
    ...(identity && {
      'user-id': identity.userId,
      'workspace-id': identity.workspaceId,
      'customer-id': identity.customerId,
    }),
  };
}

/**
 * Sets a variable to printable ASCII, for POSIX shells and for dotenv parsers alike.
 *
 * @throws {CliError} if no dotenv parser could read the value
 */
export function formatVariable(name: string, value: string): string {
  // Without quotes, `docker run --env-file` reads it, too.
  if (/^\w[\w./:+=@%,-]*$/.test(value)) return `${name}=${value}\n`;
  if (!value.includes("'")) return `${name}='${value}'\n`;
  // No quotes mean the same to both. So there are two lines: the shell skips the second one, a here-document, and in
  // dotenv files, the last assignment wins.
  const forShells = value.replaceAll("'", String.raw`'\''`);
  return `${name}='${forShells}'; : <<'# end'\n${name}=${quoteForDotenv(value)}\n# end\n`;
}

/** Dotenv has no escapes, except for `\n` in double quotes. */
function quoteForDotenv(value: string): string {
  if (/^[^'"`#][^#]*$/.test(value)) return value;
  if (!value.includes('`')) return `\`${value}\``;
  if (!/["\\]/.test(value)) return `"${value}"`;
  throw new CliError(
    'The token contains quotes that no dotenv parser can read.',
    'Run the command again with --format token or --format json.',
  );
}

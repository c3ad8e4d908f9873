import type { TokenResult } from '../../modes/token.ts';
import { formatVariable } from '../env-file.ts';
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
        .map(([name, value]) => formatVariable(name, value) ?? refuse(name))
        .join('');
  }
}

function refuse(name: string): never {
  throw new CliError(
    `The value of ${name} contains quotes or backslashes that no dotenv parser can read.`,
    'Run the command again with --format token or --format json.',
  );
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

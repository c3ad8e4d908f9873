import { ActionError } from '../errors.ts';
import {
  createGateway,
  GATEWAYS,
  parseBaseUrl,
  parseEnvironment,
  type Gateway,
} from '../sprinklr/gateway.ts';
import { choiceOf, textOf, usageError, type Flags, type Options } from './command.ts';

/** The action's inputs of the same names. */
export const GATEWAY_FLAGS = {
  environment: { type: 'string' },
  gateway: { type: 'string' },
  'base-url': { type: 'string' },
} as const satisfies Options;

/** @throws {DeskError} wrong usage */
export function gatewayOf(flags: Flags): Gateway {
  const baseUrl = textOf(flags, 'base-url');
  return createGateway({
    gateway: choiceOf(flags, 'gateway', GATEWAYS),
    environment: environmentOf(flags),
    ...(baseUrl !== '' && { baseUrl: asFlag(parseBaseUrl, baseUrl) }),
  });
}

/** @throws {DeskError} wrong usage */
export function environmentOf(flags: Flags): string {
  return asFlag(parseEnvironment, textOf(flags, 'environment'));
}

/** Reads a flag as the action reads its input, and says so in the words of a command line. */
function asFlag<Value>(parse: (text: string) => Value, text: string): Value {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw usageError(error.message.replace(/^The input /, '--'), error.remedy);
  }
}

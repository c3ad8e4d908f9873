import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { GatewayName } from './types.ts';

/** A response that the simulator is about to send. */
export interface SimulatedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The simulator rejects the request. The message is the reason for the log: no secret, no text from the request. */
export class RejectedRequest extends Error {
  readonly response: SimulatedResponse;

  constructor(reason: string, response: SimulatedResponse) {
    super(reason);
    this.response = response;
  }
}

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): SimulatedResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

/** An OAuth error (RFC 6749 §5.2). The log gets `description`, too. */
export function oauthError(error: string, description: string): RejectedRequest {
  const status = error === 'invalid_client' ? 401 : 400;
  return new RejectedRequest(description, jsonResponse(status, { error, error_description: description }));
}

/** An error of the REST API. The log gets `message`, unless there is a more specific `reason`. */
export function apiError(status: number, message: string, reason = message): RejectedRequest {
  const errors = [{ id: randomUUID(), code: status, message }];
  return new RejectedRequest(reason, jsonResponse(status, { data: [], errors }));
}

/** An error of the application behind the gateway. `now` is in epoch milliseconds. */
export function applicationError(status: number, path: string, now: number): SimulatedResponse {
  return jsonResponse(status, { timestamp: now, status, error: STATUS_CODES[status] ?? 'Error', path });
}

interface GatewayError {
  readonly status: number;
  readonly reason: string;
  /** Default: the standard text of the status. */
  readonly message?: string;
  readonly headers?: Record<string, string>;
}

/**
 * An error of the gateway itself: Mashery sends an HTML heading and a header, Apigee a JSON `fault`
 * (docs/development/sprinklr-api.md, "Errors").
 */
export function gatewayError(gateway: GatewayName, error: GatewayError): RejectedRequest {
  const { status, reason, headers = {} } = error;
  const message = error.message ?? STATUS_CODES[status] ?? 'Error';
  if (gateway === 'api3') {
    const detail = { errorcode: `simulator.${message.replaceAll(' ', '')}` };
    return new RejectedRequest(
      reason,
      jsonResponse(status, { fault: { faultstring: message, detail } }, headers),
    );
  }
  const code = `ERR_403_${message.toUpperCase().replaceAll(' ', '_')}`;
  return new RejectedRequest(reason, {
    status,
    headers: {
      'Content-Type': 'text/xml',
      ...(status === 403 && { 'X-Mashery-Error-Code': code }),
      ...headers,
    },
    body: `<h1>${message}</h1>`,
  });
}

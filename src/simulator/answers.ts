import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Gateway } from './types.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A no. Its message is for the log: why, with nothing secret and nothing of the caller's own words in it. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(why: string, answer: Answer) {
    super(why);
    this.answer = answer;
  }
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  const caching = { 'Cache-Control': 'no-store' };
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...caching, ...headers },
    body: JSON.stringify(value),
  };
}

/** How OAuth refuses (RFC 6749 §5.2); `description` also goes to the log. */
export function oauthRefusal(error: string, description: string): Refusal {
  const status = error === 'invalid_client' ? 401 : 400;
  return new Refusal(description, json(status, { error, error_description: description }));
}

/** How the REST API refuses; `message` also goes to the log unless there is a plainer `why`. */
export function apiRefusal(status: number, message: string, why = message): Refusal {
  return new Refusal(why, json(status, { data: [], errors: [{ id: randomUUID(), code: status, message }] }));
}

/** How the application behind the gateway fails. */
export function applicationError(status: number, path: string, now: number): Answer {
  return json(status, { timestamp: now, status, error: STATUS_CODES[status] ?? 'Error', path });
}

interface GatewayNo {
  status: number;
  why: string;
  message?: string;
  headers?: Record<string, string>;
}

/** How the gateway itself refuses: Mashery in markup and a header, Apigee in a `fault` (contract.md, Errors). */
export function gatewayRefusal(gateway: Gateway, no: GatewayNo): Refusal {
  const { status, why, headers = {} } = no;
  const message = no.message ?? STATUS_CODES[status] ?? 'Error';
  if (gateway === 'api3') {
    const detail = { errorcode: `simulator.${message.replaceAll(' ', '')}` };
    return new Refusal(why, json(status, { fault: { faultstring: message, detail } }, headers));
  }
  const code = `ERR_403_${message.toUpperCase().replaceAll(' ', '_')}`;
  return new Refusal(why, {
    status,
    headers: {
      'Content-Type': 'text/xml',
      ...(status === 403 ? { 'X-Mashery-Error-Code': code } : {}),
      ...headers,
    },
    body: `<h1>${message}</h1>`,
  });
}

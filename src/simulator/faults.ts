import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { PROXY_PAGE } from './error-forms.ts';
import { jsonResponse, type SimulatedResponse } from './responses.ts';
import type { ErrorForm, Endpoint, Fault } from './types.ts';

/** The faults that are still to come, in order, for each endpoint. */
export class FaultQueues {
  readonly #queues = new Map<Endpoint | 'any', Fault[]>();

  add(endpoint: Endpoint | 'any', faults: readonly Fault[]): void {
    this.#queues.set(endpoint, [...(this.#queues.get(endpoint) ?? []), ...faults]);
  }

  /** Removes and returns the fault for the next request to `endpoint`. */
  next(endpoint: Endpoint): Fault {
    return this.#queues.get(endpoint)?.shift() ?? this.#queues.get('any')?.shift() ?? { kind: 'none' };
  }
}

export interface Delivery {
  /** Undefined if no HTTP response is sent. */
  readonly status: number | undefined;
  send(response: ServerResponse): void;
}

interface Responders {
  /** Handles the request. Faults that replace the response do not call it. */
  respond: () => SimulatedResponse;
  /** The response of a `status` fault without a body. */
  errorResponse: (status: number, form?: ErrorForm) => SimulatedResponse;
  /** The API key of the request. */
  apiKey: string;
}

/** Returns what is sent under a fault: the real response, a part of it, or something else. */
export function applyFault(fault: Fault, { respond, errorResponse, apiKey }: Responders): Delivery {
  switch (fault.kind) {
    case 'none':
    case 'clock':
    case 'strict-iat':
      return whole(respond());
    case 'status': {
      const standard = errorResponse(fault.status, fault.form);
      const headers = { ...standard.headers, ...fault.headers };
      return whole({ status: fault.status, headers, body: fault.body ?? standard.body });
    }
    case 'retry-after': {
      const { headers, ...rest } = errorResponse(429);
      return whole({ ...rest, headers: { ...headers, 'Retry-After': String(fault.after) } });
    }
    case 'redirect':
      return whole({ status: 302, headers: { Location: fault.location }, body: '' });
    case 'html':
      return whole({ status: 200, headers: { 'Content-Type': 'text/html' }, body: PROXY_PAGE });
    case 'garbage':
      return whole({ ...jsonResponse(200, null), body: '{"access_token":' });
    case 'body':
      return whole(jsonResponse(200, fault.json));
    case 'no-expiry':
      return whole(withoutExpiry(respond()));
    case 'echo-key': {
      const { headers, ...rest } = respond();
      return whole({ ...rest, headers: { ...headers, 'x-spr-api_key': apiKey } });
    }
    case 'giant':
      return giant(fault.bytes ?? 2 * 1024 * 1024);
    case 'drip':
      return drip(respond(), fault.everyMs);
    case 'cut':
      return cut(respond());
    case 'reset':
      return { status: undefined, send: (response) => response.socket?.destroy() };
    case 'hang':
      return { status: undefined, send: () => undefined };
    case 'not-http':
      return {
        status: undefined,
        send: (response) => response.socket?.end('220 mail.example.com ESMTP\r\n'),
      };
  }
}

function withoutExpiry({ body, ...rest }: SimulatedResponse): SimulatedResponse {
  return { ...rest, body: body.replace(/,"expires_in":\d+/i, '') };
}

export function whole({ status, headers, body }: SimulatedResponse): Delivery {
  return { status, send: (response) => response.writeHead(status, headers).end(body) };
}

/** Chunked, so that a client cannot rely on Content-Length. */
function giant(bytes: number): Delivery {
  const [start, end] = ['{"token_type":"Bearer","Expires_in":2591999,"access_token":"', '"}'];
  function* chunks(): Generator<string> {
    yield start;
    for (let left = bytes - start.length - end.length; left > 0; left -= 65536) {
      yield 'A'.repeat(Math.min(left, 65536));
    }
    yield end;
  }
  return {
    status: 200,
    send(response) {
      Readable.from(chunks()).pipe(response.writeHead(200, { 'Content-Type': 'application/json' }));
    },
  };
}

function drip({ status, headers, body }: SimulatedResponse, everyMs: number): Delivery {
  return {
    status,
    send(response) {
      const bytes = Buffer.from(body);
      response.writeHead(status, { ...headers, 'Content-Length': String(bytes.length) }).flushHeaders();
      let sent = 0;
      const timer = setInterval(() => {
        if (sent + 1 < bytes.length) response.write(bytes.subarray(sent, (sent += 1)));
        else response.end(bytes.subarray(sent));
      }, everyMs);
      response.once('close', () => {
        clearInterval(timer);
      });
    },
  };
}

function cut({ status, headers, body }: SimulatedResponse): Delivery {
  return {
    status,
    send(response) {
      const bytes = Buffer.from(body);
      response.writeHead(status, { ...headers, 'Content-Length': String(bytes.length + 1) });
      response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroySoon());
    },
  };
}

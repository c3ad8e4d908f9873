import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { json, type Answer } from './answers.ts';
import type { Endpoint, Fault } from './types.ts';

/** The queues of faults that are still to come. */
export class FaultScript {
  readonly #queues = new Map<Endpoint | 'any', Fault[]>();

  add(endpoint: Endpoint | 'any', faults: readonly Fault[]): void {
    this.#queues.set(endpoint, [...(this.#queues.get(endpoint) ?? []), ...faults]);
  }

  /** Takes the fault that the next request to `endpoint` meets. */
  next(endpoint: Endpoint): Fault {
    return this.#queues.get(endpoint)?.shift() ?? this.#queues.get('any')?.shift() ?? { kind: 'none' };
  }
}

export interface Delivery {
  /** Undefined where nothing that is HTTP is sent. */
  readonly status: number | undefined;
  send(response: ServerResponse): void;
}

interface Circumstances {
  /** Serves the request for real; not called by faults that swallow it. */
  answer: () => Answer;
  /** The body of a bare `status` fault. */
  failure: (status: number) => Answer;
}

/** Turns a fault into what is sent instead of, or in spite of, the real answer. */
export function deliver(fault: Fault, { answer, failure }: Circumstances): Delivery {
  switch (fault.kind) {
    case 'none':
    case 'clock':
      return whole(answer());
    case 'status': {
      const bare = failure(fault.status);
      return whole({
        status: fault.status,
        headers: { ...bare.headers, ...fault.headers },
        body: fault.body ?? bare.body,
      });
    }
    case 'retry-after': {
      const { headers, ...rest } = failure(429);
      return whole({ ...rest, headers: { ...headers, 'Retry-After': String(fault.after) } });
    }
    case 'redirect':
      return whole({ status: 302, headers: { Location: fault.location }, body: '' });
    case 'html':
      return whole({ status: 200, headers: { 'Content-Type': 'text/html' }, body: proxyPage });
    case 'garbage':
      return whole({
        status: 200,
        headers: { 'Content-Type': 'application/json' },
        body: '{"access_token":',
      });
    case 'body':
      return whole(json(200, fault.json));
    case 'giant':
      return giant(fault.bytes ?? 2 * 1024 * 1024);
    case 'drip':
      return drip(answer(), fault.everyMs);
    case 'cut':
      return cut(answer());
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

const proxyPage =
  '<!doctype html><title>Sign in to the network</title><h1>Sign in</h1><p>Please accept the terms of this network.</p>';

function whole({ status, headers, body }: Answer): Delivery {
  return { status, send: (response) => response.writeHead(status, headers).end(body) };
}

/** Chunked: a client that only looks at Content-Length does not see it coming. */
function giant(bytes: number): Delivery {
  const [start, end] = ['{"token_type":"Bearer","Expires_in":2591999,"access_token":"', '"}'];
  function* parts(): Generator<string> {
    yield start;
    for (let left = bytes - start.length - end.length; left > 0; left -= 65536) {
      yield 'A'.repeat(Math.min(left, 65536));
    }
    yield end;
  }
  return {
    status: 200,
    send(response) {
      Readable.from(parts()).pipe(response.writeHead(200, { 'Content-Type': 'application/json' }));
    },
  };
}

function drip({ status, headers, body }: Answer, everyMs: number): Delivery {
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

function cut({ status, headers, body }: Answer): Delivery {
  return {
    status,
    send(response) {
      const bytes = Buffer.from(body);
      response.writeHead(status, { ...headers, 'Content-Length': String(bytes.length + 1) });
      response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroySoon());
    },
  };
}

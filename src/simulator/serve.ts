import type { IncomingMessage, RequestListener } from 'node:http';
import { applicationError, Refusal, type Answer } from './answers.ts';
import { authorize } from './consent.ts';
import { apptoken, me, register, token } from './endpoints.ts';
import { deliver, type FaultScript } from './faults.ts';
import { requireWellFormed, type World } from './gateway.ts';
import { frontPage } from './pages.ts';
import { findRoute } from './routes.ts';
import type { RecordedRequest } from './types.ts';

const endpoints = { front: frontPage, register, apptoken, token, authorize, me };

interface Service {
  readonly world: World;
  readonly script: FaultScript;
  /** A `clock` fault was met. */
  setClock(skewSeconds: number): void;
  record(request: RecordedRequest): void;
  log(line: string): void;
}

/** Takes each request from its arrival to its answer or its fault. */
export function serve(service: Service): RequestListener {
  const { world, script } = service;
  return (incoming, response) => {
    const start = performance.now();
    const request = begin(world, incoming);
    service.record(request);
    const finish = (): void => {
      const { endpoint } = request;
      const fault =
        endpoint === undefined || endpoint === 'front' ? ({ kind: 'none' } as const) : script.next(endpoint);
      if (fault.kind === 'clock') service.setClock(fault.seconds);

      const remarks = fault.kind === 'none' ? [] : [`fault: ${fault.kind}`];
      const delivery = deliver(fault, {
        answer: () => answerTo(world, request, (why) => remarks.push(why)),
        failure: (status) => applicationError(status, request.path, world.now()),
      });
      request.status = delivery.status;
      const milliseconds = Math.round(performance.now() - start);
      const outcome = `${request.method} ${request.path} ${delivery.status ?? '-'} ${milliseconds} ms`;
      service.log(remarks.length > 0 ? `${outcome} (${remarks.join('; ')})` : outcome);

      // Node would send the real time, whatever the simulator's clock says.
      response.setHeader('Date', new Date(world.now()).toUTCString());
      delivery.send(response);
    };
    readBody(incoming, (body) => {
      request.body = body;
      finish();
    });
  };
}

function begin(world: World, { method = '', url = '', headers }: IncomingMessage): RecordedRequest {
  const [path = '', ...query] = url.split('?');
  return {
    method,
    path,
    query: new URLSearchParams(query.join('?')),
    headers,
    body: '',
    ...findRoute(world.gateway, path),
    status: undefined,
    at: world.now(),
  };
}

/** Never calls back for a request that breaks off: there is nobody left to answer. */
function readBody(incoming: IncomingMessage, done: (body: string) => void): void {
  const parts: Buffer[] = [];
  incoming.on('data', (part: Buffer) => parts.push(part));
  incoming.on('end', () => {
    done(Buffer.concat(parts).toString());
  });
  incoming.on('error', () => undefined);
}

function answerTo(world: World, request: RecordedRequest, refused: (why: string) => void): Answer {
  try {
    return endpoints[requireWellFormed(world, request)](world, request);
  } catch (error) {
    // Anything else is a mistake in here or in an app's settings; the server lives on, as a real one would.
    refused(error instanceof Refusal ? error.message : 'the simulator failed');
    return error instanceof Refusal ? error.answer : applicationError(500, request.path, world.now());
  }
}

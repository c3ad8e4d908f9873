import { createSecrets } from '../../src/action/masking.ts';
import type { Answer } from '../../src/sprinklr/answer.ts';
import { gatewayAt } from '../../src/sprinklr/gateway.ts';
import type { Http, Repeat, Request } from '../../src/sprinklr/http.ts';
import type { Surroundings } from '../../src/surroundings.ts';

export const now = new Date('2026-03-01T12:00:00Z');
export const gateway = gatewayAt({ gateway: 'api2', environment: 'prod2' });

export function said(status: number, body = '', headers: Answer['headers'] = {}): Answer {
  return { status, headers, body, cut: false, attempts: 1 };
}

export interface Scripted {
  readonly http: Http;
  readonly surroundings: Surroundings;
  readonly calls: readonly { readonly request: Request; readonly repeat: Repeat }[];
  readonly warnings: readonly string[];
}

/** The way to a Sprinklr that gives these answers, one for each call; what was asked of it and warned of. */
export function scripted(...answers: Answer[]): Scripted {
  const calls: { request: Request; repeat: Repeat }[] = [];
  const warnings: string[] = [];
  const http: Http = {
    send(build, repeat) {
      calls.push({ request: build(), repeat });
      const answer = answers.shift();
      if (answer === undefined) throw new Error('one call too many');
      return Promise.resolve(answer);
    },
  };
  const silent = (): void => undefined;
  const warning = (line: string): void => {
    warnings.push(line);
  };
  const surroundings: Surroundings = {
    log: { debug: silent, info: silent, notice: silent, warning },
    secrets: createSecrets(silent),
    now: () => now,
    random: () => 0,
    newId: () => 'an id',
  };
  return { http, surroundings, calls, warnings };
}

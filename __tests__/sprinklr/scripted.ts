import { createSecrets } from '../../src/redaction.ts';
import type { HttpResponse } from '../../src/sprinklr/response.ts';
import { createGateway } from '../../src/sprinklr/gateway.ts';
import type { HttpSession, RetryPolicy, HttpRequest } from '../../src/sprinklr/http.ts';
import type { Context } from '../../src/context.ts';

export const now = new Date('2026-03-01T12:00:00Z');
export const gateway = createGateway({ gateway: 'api2', environment: 'prod2' });

export function said(status: number, body = '', headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers, body, truncated: false, attempts: 1 };
}

export interface Scripted {
  readonly http: HttpSession;
  readonly context: Context;
  readonly calls: readonly { readonly request: HttpRequest; readonly repeat: RetryPolicy }[];
  readonly warnings: readonly string[];
}

/** The way to a Sprinklr that gives these answers, one for each call; what was asked of it and warned of. */
export function scripted(...answers: HttpResponse[]): Scripted {
  const calls: { request: HttpRequest; repeat: RetryPolicy }[] = [];
  const warnings: string[] = [];
  const http: HttpSession = {
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
  const context: Context = {
    log: { debug: silent, info: silent, notice: silent, warning },
    secrets: createSecrets(silent),
    now: () => now,
    random: () => 0,
    randomUUID: () => 'an id',
  };
  return { http, context, calls, warnings };
}

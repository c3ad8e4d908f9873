import { createGateway } from '../../src/sprinklr/gateway.ts';
import type { HttpRequest, HttpSession, RetryPolicy } from '../../src/sprinklr/http.ts';
import type { HttpResponse } from '../../src/sprinklr/response.ts';
import { createTestContext, type TestContext } from './context.ts';

export const gateway = createGateway({ gateway: 'api2', environment: 'prod2' });

export function httpResponse(status: number, body = '', headers: HttpResponse['headers'] = {}): HttpResponse {
  return { status, headers, body, truncated: false, unquotable: false, attempts: 1 };
}

export interface FakeSession extends TestContext {
  readonly http: HttpSession;
  readonly calls: readonly { readonly request: HttpRequest; readonly retryPolicy: RetryPolicy }[];
}

/** An HTTP session that records its calls and returns these responses, one for each call. */
export function fakeSession(...responses: HttpResponse[]): FakeSession {
  const calls: { request: HttpRequest; retryPolicy: RetryPolicy }[] = [];
  const http: HttpSession = {
    send(build, retryPolicy) {
      calls.push({ request: build(), retryPolicy });
      const response = responses.shift();
      if (response === undefined) throw new Error('one call too many');
      return Promise.resolve(response);
    },
  };
  return { ...createTestContext(), http, calls };
}

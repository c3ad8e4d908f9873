import { STATUS_CODES } from 'node:http';
import type { SimulatedResponse } from './responses.ts';
import type { ErrorForm } from './types.ts';

interface ErrorFacts {
  readonly status: number;
  readonly path: string;
  readonly apiKey: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The page of a proxy or firewall. */
export const PROXY_PAGE =
  '<!doctype html><title>Sign in to the network</title><h1>Sign in</h1><p>Please accept the terms of this network.</p>';

export function errorInForm(form: ErrorForm, facts: ErrorFacts): SimulatedResponse {
  const { status } = facts;
  if (form === 'empty') return { status, headers: {}, body: '' };
  if (form === 'page') return { status, headers: { 'Content-Type': 'text/html' }, body: PROXY_PAGE };
  if (form === 'mashery') return masheryError(status);
  const headers = { 'Content-Type': 'application/json' };
  return { status, headers, body: JSON.stringify(errorJson(form, facts)) };
}

function errorJson(form: Exclude<ErrorForm, 'mashery' | 'empty' | 'page'>, facts: ErrorFacts): object {
  const { status, path, apiKey, now } = facts;
  const message = STATUS_CODES[status] ?? 'Error';
  switch (form) {
    case 'oauth':
      return { error: 'invalid_grant', error_description: message };
    case 'list':
      return { success: false, errors: [{ code: `HTTP_${status}`, message, details: {} }] };
    case 'data':
      return { data: null, errors: [{ id: 'simulated', code: status, message }] };
    case 'apigee':
      return { fault: { faultstring: message, detail: { errorcode: 'simulator.Error' } } };
    case 'apigee-oauth':
      // Apigee echoes the client ID.
      return { ErrorCode: 'invalid_request', Error: `Invalid client id : ${apiKey}. ClientId is Invalid` };
    case 'application':
      return { timestamp: now, status, error: message, path };
  }
}

/** The header says ERR_403 with every status. */
function masheryError(status: number): SimulatedResponse {
  const rejection =
    status === 429 ? 'Developer Over Rate' : status === 401 || status === 403 ? 'Developer Inactive' : '';
  const code = `ERR_403_${rejection.toUpperCase().replaceAll(' ', '_')}`;
  return {
    status,
    headers: { 'Content-Type': 'text/xml', ...(rejection !== '' && { 'X-Mashery-Error-Code': code }) },
    body: `<h1>${rejection || (STATUS_CODES[status] ?? 'Error')}</h1>`,
  };
}

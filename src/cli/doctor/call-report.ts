import type { IncomingHttpHeaders } from 'node:http';
import type { Secrets } from '../../context.ts';
import { createSecrets } from '../../redaction.ts';
import type { ObservedCall } from '../../sprinklr/http.ts';
import { parseJson } from '../../sprinklr/response.ts';
import { describeName, shapeOf, type Shape } from './shape.ts';

/** One call, with all values removed. */
interface ReportedCall {
  readonly method: string;
  /** Without the host; environment and App ID are replaced. */
  readonly path: string;
  readonly queryParameters: readonly string[];
  readonly formParameters: readonly string[];
  readonly requestHeaders: readonly string[];
  readonly milliseconds: number;
  /** An error code, if there was no response. */
  readonly failure?: string;
  readonly status?: number;
  readonly contentType?: string;
  readonly responseHeaders?: readonly string[];
  readonly body?: Shape;
}

export interface CallReport {
  readonly observe: (call: ObservedCall) => void;
  readonly calls: readonly ReportedCall[];
}

interface ReportOptions {
  readonly environment: string;
  /** Values that identify the user or the tenant. No name in the report contains one. */
  readonly identifying: readonly string[];
  readonly secrets: Secrets;
}

/** Collects calls for a report that anyone can read: names, types, and numbers, but no values. */
export function createCallReport(options: ReportOptions): CallReport {
  const calls: ReportedCall[] = [];
  return { calls, observe: (call) => calls.push(describeCall(call, options)) };
}

function describeCall(call: ObservedCall, options: ReportOptions): ReportedCall {
  const { request, requestHeaders, response, failure, milliseconds } = call;
  const isPrivate = privateTextFinder(options);
  return {
    method: request.method,
    path: pathTemplate(request.url, options),
    queryParameters: [...request.url.searchParams.keys()],
    formParameters: [...new URLSearchParams(request.body).keys()],
    requestHeaders: requestHeaders.map((name) => name.toLowerCase()),
    milliseconds: Math.round(milliseconds),
    ...(failure !== undefined && { failure }),
    ...(response !== undefined && {
      status: response.status,
      contentType: describeContentType(response.headers),
      responseHeaders: Object.keys(response.headers).map((name) => describeName(name, isPrivate)),
      body: describeBody(response, isPrivate),
    }),
  };
}

/** Finds secrets in any encoding, and what identifies the user or the tenant, also if it is short. */
function privateTextFinder({ identifying, secrets }: ReportOptions): (text: string) => boolean {
  const longer = createSecrets(() => undefined);
  for (const value of identifying) longer.mask(value);
  return (text) =>
    secrets.reveals(text) ||
    longer.reveals(text) ||
    identifying.some((value) => value !== '' && text.toLowerCase().includes(value.toLowerCase()));
}

function pathTemplate({ pathname }: URL, { environment }: ReportOptions): string {
  const prefix = `/${environment}/`;
  const path =
    environment !== '' && pathname.startsWith(prefix) ? `/{env}/${pathname.slice(prefix.length)}` : pathname;
  return path.replace(/(\/oauth\/apptoken\/).*$/, '$1{appId}');
}

/** A header can contain anything, so only known values are repeated. */
const CONTENT_TYPES = [
  'application/json',
  'application/problem+json',
  'application/xml',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'text/html',
  'text/plain',
  'text/xml',
];
const CHARACTER_SETS = ['utf-8', 'utf-16', 'iso-8859-1', 'us-ascii', 'windows-1252'];

function describeContentType(headers: IncomingHttpHeaders): string {
  const text = (headers['content-type'] ?? '').toLowerCase();
  if (text === '') return 'none';
  const [type = ''] = text.split(';', 1);
  const [, charset] = /;\s*charset="?([\w-]+)"?\s*$/.exec(text) ?? [];
  const known = CONTENT_TYPES.includes(type.trim()) ? type.trim() : '(another type)';
  return charset !== undefined && CHARACTER_SETS.includes(charset) ? `${known}; charset=${charset}` : known;
}

function describeBody(
  { body, truncated }: NonNullable<ObservedCall['response']>,
  isPrivate: (text: string) => boolean,
): Shape {
  if (truncated) return 'longer than 1 MiB';
  if (body.trim() === '') return 'empty';
  const json = parseJson(body);
  if (json !== undefined) return shapeOf(json, isPrivate);
  return /^\s*</.test(body) ? 'HTML or XML' : 'text that is not JSON';
}

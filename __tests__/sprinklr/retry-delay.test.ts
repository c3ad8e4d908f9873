import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { retryDelaySeconds, serverDate } from '../../src/sprinklr/retry-delay.ts';
import { cases } from '../volume.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = (seconds: number): string => new Date(now.valueOf() + seconds * 1000).toUTCString();
const epoch = (seconds: number): string => String(now.valueOf() / 1000 + seconds);

/** The delay without jitter, after a first attempt on a machine whose clock is correct. */
function delay(headers: Record<string, string> | undefined, { attempt = 1, random = 0 } = {}): number {
  return retryDelaySeconds({ attempt, random, headers, now });
}

test.each([
  [1, 1],
  [2, 2],
  [3, 4],
  [4, 8],
  [9, 256],
])('without advice from the server, the delay after attempt %i is %i s', (attempt, seconds) => {
  expect(delay(undefined, { attempt })).toBe(seconds);
  expect(delay({}, { attempt })).toBe(seconds);
});

test.each<[string, Record<string, string>, number]>([
  ['Retry-After in seconds', { 'retry-after': '7' }, 7],
  ['Retry-After of 0', { 'retry-after': '0' }, 0],
  ['Retry-After with surrounding spaces', { 'retry-after': ' 7 ' }, 7],
  ['Retry-After as a date', { 'retry-after': later(90) }, 90],
  ['Retry-After as an RFC 850 date', { 'retry-after': 'Sunday, 01-Mar-26 12:00:30 GMT' }, 30],
  ['Retry-After as a past date', { 'retry-after': later(-90) }, 0],
  ['X-RateLimit-Reset', { 'x-ratelimit-reset': epoch(12) }, 12],
  ['X-RateLimit-Reset in the past', { 'x-ratelimit-reset': epoch(-12) }, 0],
  ['Retry-After before X-RateLimit-Reset', { 'retry-after': '3', 'x-ratelimit-reset': epoch(12) }, 3],
  [
    'a Retry-After date before X-RateLimit-Reset',
    { 'retry-after': later(3), 'x-ratelimit-reset': epoch(12) },
    3,
  ],
  [
    'X-RateLimit-Reset beside an unreadable Retry-After',
    { 'retry-after': 'soon', 'x-ratelimit-reset': epoch(12) },
    12,
  ],
  ["seconds, whatever the server's clock shows", { 'retry-after': '7', date: later(500) }, 7],
  ["a date by the server's clock", { 'retry-after': later(530), date: later(500) }, 30],
  ["a reset by the server's clock", { 'x-ratelimit-reset': epoch(-470), date: later(-500) }, 30],
  ['a date by the local clock, beside an unreadable Date', { 'retry-after': later(30), date: 'noon' }, 30],
  ['seconds beyond any time limit', { 'retry-after': '86400' }, 86_400],
])('the delay follows %s', (_, headers, seconds) => {
  expect(delay(headers, { attempt: 3 })).toBe(seconds);
});

test.each([
  ['words', 'soon'],
  ['an empty text', ''],
  ['a negative number', '-5'],
  ['a fraction', '1.5'],
  ['a number with a unit', '5 s'],
  ['a number in words', 'in 5'],
  ['a number in hex', '0x10'],
  ['an exponent', '1e3'],
  ['an ISO 8601 date', '2026-03-01T12:00:09Z'],
  ['an impossible date', 'Sun, 99 Mar 2026 12:00:00 GMT'],
  ['full-width digits', '５'],
])('a Retry-After of %s is ignored', (_, text) => {
  expect(delay({ 'retry-after': text }, { attempt: 3 })).toBe(4);
});

test.each(['', 'soon', '-1', '1.5', '1e9'])('an X-RateLimit-Reset of "%s" is ignored', (text) => {
  expect(delay({ 'x-ratelimit-reset': text }, { attempt: 3 })).toBe(4);
});

test('jitter adds at most half to a default delay, and at most 0.25 s to a requested one', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.nat(10_000),
      random,
      (attempt, requestedSeconds, jitter) => {
        const byDefault = delay(undefined, { attempt, random: jitter });
        expect(byDefault).toBeGreaterThanOrEqual(2 ** (attempt - 1));
        expect(byDefault).toBeLessThanOrEqual(2 ** (attempt - 1) * 1.5);

        const requested = delay({ 'retry-after': String(requestedSeconds) }, { attempt, random: jitter });
        expect(requested).toBeGreaterThanOrEqual(requestedSeconds);
        expect(requested).toBeLessThanOrEqual(requestedSeconds + 0.25);
      },
    ),
  );
  expect(delay(undefined, { random: 0.9 })).not.toBe(delay(undefined, { random: 0.1 }));
});

test('with any headers, the delay is a number and not negative', () => {
  const text = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.bigInt().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(text, text, text, (retryAfter, reset, date) => {
      const seconds = delay({ 'retry-after': retryAfter, 'x-ratelimit-reset': reset, date });
      expect(seconds).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: cases(500) },
  );
});

test.each([
  ['Sun, 01 Mar 2026 12:00:00 GMT', now],
  // The three formats of RFC 9110 §5.6.7.
  ['Sunday, 01-Mar-26 12:00:00 GMT', now],
  ['Sun Mar  1 12:00:00 2026', now],
  ['Sun Mar  1 12:00:00 2026 +0200', undefined],
  ['', undefined],
  ['yesterday', undefined],
  ['1', undefined],
  ['Sun, 41 Mar 2026 12:00:00 GMT', undefined],
  ['Sun, 01 Mar 2026 12:00:00 GMT+0200', undefined],
  ['xSun, 01 Mar 2026 12:00:00 GMT', undefined],
])('a Date of "%s" is read as %s', (date, time) => {
  expect(serverDate({ date })).toEqual(time);
});

test('a response without a Date has no server time', () => {
  expect(serverDate({})).toBeUndefined();
});

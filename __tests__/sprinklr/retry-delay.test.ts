import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { retryDelaySeconds, serverDate } from '../../src/sprinklr/retry-delay.ts';
import { cases } from '../volume.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = (seconds: number): string => new Date(now.valueOf() + seconds * 1000).toUTCString();
const epoch = (seconds: number): string => String(now.valueOf() / 1000 + seconds);

/** Without jitter, after a first attempt by a runner whose clock is right. */
function wait(headers: Record<string, string> | undefined, { attempt = 1, random = 0 } = {}): number {
  return retryDelaySeconds({ attempt, random, headers, now });
}

test.each([
  [1, 1],
  [2, 2],
  [3, 4],
  [4, 8],
  [9, 256],
])('after attempt %i without advice it waits %i s', (attempt, seconds) => {
  expect(wait(undefined, { attempt })).toBe(seconds);
  expect(wait({}, { attempt })).toBe(seconds);
});

test.each<[string, Record<string, string>, number]>([
  ['Retry-After in seconds', { 'retry-after': '7' }, 7],
  ['Retry-After of 0', { 'retry-after': '0' }, 0],
  ['Retry-After with space around it', { 'retry-after': ' 7 ' }, 7],
  ['Retry-After as a date', { 'retry-after': later(90) }, 90],
  ['Retry-After as a date of the old form', { 'retry-after': 'Sunday, 01-Mar-26 12:00:30 GMT' }, 30],
  ['Retry-After as a date that is over', { 'retry-after': later(-90) }, 0],
  ['X-RateLimit-Reset', { 'x-ratelimit-reset': epoch(12) }, 12],
  ['X-RateLimit-Reset that is over', { 'x-ratelimit-reset': epoch(-12) }, 0],
  ['Retry-After before X-RateLimit-Reset', { 'retry-after': '3', 'x-ratelimit-reset': epoch(12) }, 3],
  [
    'a Retry-After date before X-RateLimit-Reset',
    { 'retry-after': later(3), 'x-ratelimit-reset': epoch(12) },
    3,
  ],
  ['X-RateLimit-Reset beside garbage', { 'retry-after': 'soon', 'x-ratelimit-reset': epoch(12) }, 12],
  ['seconds, whatever the time is there', { 'retry-after': '7', date: later(500) }, 7],
  ['a date by the clock of the server', { 'retry-after': later(530), date: later(500) }, 30],
  ['a reset by the clock of the server', { 'x-ratelimit-reset': epoch(-470), date: later(-500) }, 30],
  ['a date by the own clock, beside an unreadable one', { 'retry-after': later(30), date: 'noon' }, 30],
  ['seconds past any bound', { 'retry-after': '86400' }, 86_400],
])('it heeds %s', (_, headers, seconds) => {
  expect(wait(headers, { attempt: 3 })).toBe(seconds);
});

test.each([
  ['words', 'soon'],
  ['nothing', ''],
  ['a negative number', '-5'],
  ['a fraction', '1.5'],
  ['a number with a unit', '5 s'],
  ['a number in words', 'in 5'],
  ['a number in hex', '0x10'],
  ['a power', '1e3'],
  ['a date of another form', '2026-03-01T12:00:09Z'],
  ['a date that there is not', 'Sun, 99 Mar 2026 12:00:00 GMT'],
  ['other digits', '５'],
])('a Retry-After of %s is no advice', (_, text) => {
  expect(wait({ 'retry-after': text }, { attempt: 3 })).toBe(4);
});

test.each(['', 'soon', '-1', '1.5', '1e9'])('an X-RateLimit-Reset of "%s" is no advice', (text) => {
  expect(wait({ 'x-ratelimit-reset': text }, { attempt: 3 })).toBe(4);
});

test('jitter only adds: at most half to the own wait, at most a quarter of a second to the one asked for', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.nat(10_000), random, (attempt, asked, chance) => {
      const own = wait(undefined, { attempt, random: chance });
      expect(own).toBeGreaterThanOrEqual(2 ** (attempt - 1));
      expect(own).toBeLessThanOrEqual(2 ** (attempt - 1) * 1.5);

      const told = wait({ 'retry-after': String(asked) }, { attempt, random: chance });
      expect(told).toBeGreaterThanOrEqual(asked);
      expect(told).toBeLessThanOrEqual(asked + 0.25);
    }),
  );
  expect(wait(undefined, { random: 0.9 })).not.toBe(wait(undefined, { random: 0.1 }));
});

test('whatever the headers say, the wait is a number, and not a negative one', () => {
  const text = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.bigInt().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(text, text, text, (retryAfter, reset, date) => {
      const seconds = wait({ 'retry-after': retryAfter, 'x-ratelimit-reset': reset, date });
      expect(seconds).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: cases(500) },
  );
});

test.each([
  ['Sun, 01 Mar 2026 12:00:00 GMT', now],
  ['', undefined],
  ['yesterday', undefined],
  ['1', undefined],
  ['Sun, 41 Mar 2026 12:00:00 GMT', undefined],
  ['Sun, 01 Mar 2026 12:00:00 GMT+0200', undefined],
  ['xSun, 01 Mar 2026 12:00:00 GMT', undefined],
])('a Date of "%s" is read as %s', (date, instant) => {
  expect(serverDate({ date })).toEqual(instant);
});

test('an answer without a Date tells no time', () => {
  expect(serverDate({})).toBeUndefined();
});

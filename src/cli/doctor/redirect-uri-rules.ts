import { isLoopback } from '../../sprinklr/gateway.ts';
import type { Rule } from './rule.ts';

/** Sprinklr compares the callback URL to the letter, so what a browser forgives counts. */
export const REDIRECT_URI: readonly Rule[] = [
  {
    inputs: ['redirect-uri'],
    applies: (text) => /%3a%2f%2f/i.test(text),
    status: 'wrong',
    found: 'It is percent-encoded, and would be so once more.',
    remedy: 'Give it as a browser shows it: https://…',
  },
  aboutAddress(
    ({ protocol, hostname }) => protocol === 'http:' && !isLoopback(hostname),
    'It is http, and callback URLs are https as a rule.',
  ),
  aboutAddress(
    ({ protocol }) => protocol !== 'http:' && protocol !== 'https:',
    'It does not start with https://.',
  ),
  aboutAddress(
    (_, text) => /^[^/]*:\/\/[^/?#]*[A-Z]|^[^:/]*[A-Z]/.test(text),
    'It has upper-case letters before the path, which browsers make lower case and Sprinklr may not.',
  ),
  aboutAddress(
    ({ protocol }, text) =>
      (protocol === 'http:' ? /^[^/]+:\/\/[^/?#]*:80(?!\d)/ : /^[^/]+:\/\/[^/?#]*:443(?!\d)/).test(text),
    'It names the default port, which browsers leave out and Sprinklr may not.',
  ),
  aboutAddress(
    (_, text) => text.includes('#'),
    'It has a fragment (#…), which a callback URL must not have (RFC 6749 §3.1.2).',
  ),
  aboutAddress(
    ({ searchParams }) => searchParams.has('code') || searchParams.has('error'),
    'It is an address that a browser landed on after a consent, with the answer still in it.',
  ),
];

function aboutAddress(applies: (url: URL, text: string) => boolean, found: string): Rule {
  return {
    inputs: ['redirect-uri'],
    applies: (text) => URL.canParse(text) && applies(new URL(text), text),
    status: 'warning',
    found,
    remedy: 'Compare it with the callback URL of the Sprinklr developer app, to the letter.',
  };
}

import { realpathSync, statSync } from 'node:fs';
import type { Certificate } from '../../credentials/certificate.ts';
import { decodeAppId, parseAppId } from '../../sprinklr/app-id.ts';
import { attempt, type Check } from './check.ts';
import { valueOf, type Values } from './values.ts';

/** What tells of instants that have passed. */
interface Known {
  readonly values: Values;
  readonly certificate: Certificate | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

function registeredAt(values: Values): Date | undefined {
  const appId = attempt(() => parseAppId(valueOf(values, 'app-id')));
  return appId instanceof Error ? undefined : decodeAppId(appId)?.registeredAt;
}

/** A clock cannot be right that is before something which has happened. */
export function checkClock({ values, certificate }: Known, now: Date): Check {
  const name = 'clock';
  const happened: [what: string, at: Date | undefined, tolerance: number][] = [
    ['the certificate began', certificate?.notBefore, 0],
    ["the App ID was given, by Sprinklr's clock,", registeredAt(values), MINUTE_MS],
    // An archive may have been unpacked in another time zone.
    ['this program was installed', statSync(realpathSync(process.argv[1] ?? '')).mtime, DAY_MS],
  ];
  const [what, at] =
    happened.find(([, instant, tolerance]) => instant && instant.valueOf() - now.valueOf() > tolerance) ?? [];
  if (what === undefined || at === undefined)
    return { name, status: 'ok', found: `It is ${now.toISOString()}.` };
  return {
    name,
    status: 'wrong',
    found: `This machine says ${now.toISOString()}, but ${what} at ${at.toISOString()}.`,
    remedy: 'Set the clock of this machine (time synchronisation, time zone), then run this again.',
  };
}

/** A certificate that is younger than the App ID cannot be the one that was registered under it. */
export function checkAge({ values, certificate }: Known): Check[] {
  const registered = registeredAt(values);
  if (registered === undefined || certificate === undefined) return [];
  const name = 'app-id and certificate';
  if (certificate.notBefore.valueOf() - registered.valueOf() <= MINUTE_MS) {
    return [{ name, status: 'ok', found: 'The App ID is younger than the certificate, as it has to be.' }];
  }
  return [
    {
      name,
      status: 'warning',
      found: 'The App ID was given before this certificate began, so it is that of an earlier certificate.',
      remedy:
        'Register this certificate (mode: register) and use its App ID, unless both certificates have the same key.',
    },
  ];
}

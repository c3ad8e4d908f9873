import { parseAppId, type AppId } from '../../sprinklr/app-id.ts';
import {
  createGateway,
  GATEWAYS,
  parseBaseUrl,
  parseEnvironment,
  type Gateway,
} from '../../sprinklr/gateway.ts';
import type { Check } from './check.ts';
import type { Subject } from './inputs.ts';
import { isAppId } from './rules.ts';
import { valueOf } from './values.ts';

/** Where the action would call; `undefined` where environment, gateway or base-url are not in order. */
export function readGateway({ values, action }: Subject): Gateway | undefined {
  if (action('gateway', 'environment', 'base-url') !== undefined) return undefined;
  const chosen = valueOf(values, 'gateway').toLowerCase();
  const baseUrl = valueOf(values, 'base-url');
  return createGateway({
    gateway: GATEWAYS.find((name) => name === chosen) ?? 'api2',
    environment: parseEnvironment(valueOf(values, 'environment')),
    ...(baseUrl !== '' && { baseUrl: parseBaseUrl(baseUrl) }),
  });
}

/** The addresses that follow from environment, gateway and base-url. */
export function listAddresses(gateway: Gateway | undefined, { values, show }: Subject): Check[] {
  if (gateway === undefined) {
    const found = 'Unknown, as they follow from gateway, environment and base-url.';
    return [{ name: 'addresses', status: 'skipped', found }];
  }
  const text = valueOf(values, 'app-id');
  // What is no App ID may be a key that was mistaken for one.
  const appId = isAppId(text) ? parseAppId(text) : ('APP-ID' as AppId);
  return [
    { name: 'API address', status: 'ok', found: show(gateway.apiUrl) },
    { name: 'register address', status: 'ok', found: `POST ${show(gateway.registrationEndpoint.href)}` },
    { name: 'exchange address', status: 'ok', found: `POST ${show(gateway.exchangeEndpoint(appId).href)}` },
  ];
}

// What a step calls only if it fails, has a certificate to read, seals or unseals, verifies or registers. dist/index.js is
// without it, as most steps would read it for nothing, and loads it (dist/on-demand.js) at the first call of one of its functions.
export * from './credentials/certificate.ts';
export * from './credentials/not-a-key.ts';
export * from './credentials/sealed-token.ts';
export * from './sprinklr/consent.ts';
export * from './sprinklr/identity.ts';
export * from './sprinklr/network-failure.ts';
export * from './sprinklr/refusal.ts';
export * from './sprinklr/registration.ts';

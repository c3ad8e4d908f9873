// What a step calls only if it fails, has a certificate to read, seals or unseals, verifies or registers. dist/index.js is
// without it, as most steps would read it for nothing, and loads it (dist/on-demand.js) at the first call of one of its functions.
export * from './credentials/certificate.ts';
export * from './credentials/key-problems.ts';
export * from './credentials/sealed-token.ts';
export * from './sprinklr/authorization-code.ts';
export * from './sprinklr/identity.ts';
export * from './sprinklr/network-failure.ts';
export * from './sprinklr/response-error.ts';
export * from './sprinklr/registration.ts';

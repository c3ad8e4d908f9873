import type { KeyObject } from 'node:crypto';
import { readCertificate, readCertificateChain, type Certificate } from '../credentials/certificate.ts';
import { readPrivateKey, requireRs256, requireRsa, toPkcs8Der } from '../credentials/private-key.ts';
import { ActionError, isActionError } from '../errors.ts';
import type { RegisterRequest } from '../modes/register.ts';
import type { TokenRequest } from '../modes/token.ts';
import type { UnsealRequest } from '../modes/unseal.ts';
import { parseAppId } from '../sprinklr/app-id.ts';
import { parseAuthorizationCode } from '../sprinklr/authorization-code.ts';
import {
  createGateway,
  GATEWAYS,
  parseBaseUrl,
  parseEnvironment,
  type Gateway,
} from '../sprinklr/gateway.ts';
import type { HttpOptions } from '../sprinklr/http.ts';
import type { DeveloperApp } from '../sprinklr/tokens.ts';
import type { Secrets } from '../context.ts';
import { Inputs } from './input-reader.ts';
import { workflowRun } from './workflow-run.ts';

/** What the step is asked to do, and how its result is handed on. */
export interface StepRequest {
  readonly request: TokenRequest | RegisterRequest | UnsealRequest;
  readonly handOver: OutputOptions;
}

export interface OutputOptions {
  /** Whether the later steps of the job get the environment variables. */
  readonly exportEnv: boolean;
  /** For `SPRINKLR_API_KEY`; empty where `unseal` was not given it. */
  readonly apiKey: string;
  readonly jobSummary: boolean;
}

/**
 * Turns the inputs into one typed request; after this no text is looked at again.
 *
 * @param read gives an input's text without the space around it, empty where it is not set
 * @throws {ActionError} INPUT_MISSING, INPUT_INVALID, and the KEY_… and CERTIFICATE_… codes
 */
export function readInputs(read: (name: string) => string, secrets: Secrets): StepRequest {
  const inputs = new Inputs(read, secrets);
  const mode = inputs.choice('mode', ['token', 'register', 'unseal']);
  const request = { token: tokenRequest, register: registerRequest, unseal: unsealRequest }[mode](inputs);
  return {
    request,
    handOver: {
      exportEnv: inputs.flag('export-env'),
      apiKey: inputs.text('api-key'),
      jobSummary: inputs.flag('job-summary'),
    },
  };
}

function tokenRequest(inputs: Inputs): TokenRequest {
  inputs.require('private-key', 'app-id', 'username', 'api-key', 'api-secret', 'redirect-uri');
  return {
    mode: 'token',
    appId: parseAppId(inputs.text('app-id')),
    username: inputs.line('username'),
    audience: inputs.line('audience'),
    app: developerApp(inputs),
    gateway: gateway(inputs),
    assertionLifetime: inputs.integer('assertion-lifetime', 30, 600),
    parametersIn: inputs.choice('parameters-in', ['query', 'body']),
    certificateWarningDays: inputs.integer('certificate-warning-days', 0, 3650),
    limits: limits(inputs),
    // Each assertion is checked as it is signed, so one that is signed here only to be checked would be too many.
    privateKey: privateKey(inputs, requireRsa),
    certificate: inputs.has('certificate') ? certificate(inputs) : undefined,
    verify: verification(inputs),
    sealFor: inputs.flag('seal') ? workflowRun() : undefined,
    // Whatever a runner without matrices fills in, it is not a number above 1.
    jobTotal: Number(inputs.text('strategy-job-total')) || 1,
  };
}

function verification(inputs: Inputs): TokenRequest['verify'] {
  const allowedWorkspaceIds = inputs.list('allowed-workspace-ids');
  return inputs.flag('verify') || allowedWorkspaceIds.length > 0 ? { allowedWorkspaceIds } : undefined;
}

function unsealRequest(inputs: Inputs): UnsealRequest {
  if (!inputs.has('sealed-token')) {
    throw new ActionError(
      'INPUT_MISSING',
      'The input sealed-token is empty.',
      "The job that mints has to list it under its outputs, and this job has to name that one in needs. If both do, look at that job's " +
        'log: the runner drops an output in which a masked value stands, and says so there.',
    );
  }
  inputs.require('private-key');
  return {
    mode: 'unseal',
    sealedToken: inputs.text('sealed-token'),
    privateKey: privateKey(inputs),
    workflowRun: workflowRun(),
  };
}

function registerRequest(inputs: Inputs): RegisterRequest {
  inputs.require('certificate', 'api-key');
  return {
    mode: 'register',
    certificate: certificate(inputs),
    privateKey: inputs.has('private-key') ? privateKey(inputs) : undefined,
    certificateWarningDays: inputs.integer('certificate-warning-days', 0, 3650),
    apiKey: inputs.ascii('api-key'),
    grant: grant(inputs),
    gateway: gateway(inputs),
    limits: limits(inputs),
  };
}

function grant(inputs: Inputs): RegisterRequest['grant'] {
  const hasToken = inputs.has('access-token');
  if (hasToken === inputs.has('authorization-code')) {
    throw new ActionError(
      hasToken ? 'INPUT_INVALID' : 'INPUT_MISSING',
      hasToken
        ? 'The inputs access-token and authorization-code are both set.'
        : 'The inputs access-token and authorization-code are both empty.',
      'Give exactly one: the code from the browser consent (simplest; it lives ten minutes), or an access token that you got with it.',
    );
  }
  if (hasToken) return { accessToken: inputs.ascii('access-token') };
  inputs.require('api-secret', 'redirect-uri');
  return {
    code: inputs.protected(parseAuthorizationCode(inputs.text('authorization-code'))),
    app: developerApp(inputs),
  };
}

function developerApp(inputs: Inputs): DeveloperApp {
  const redirectUri = inputs.line('redirect-uri');
  if (!URL.canParse(redirectUri)) {
    throw new ActionError(
      'INPUT_INVALID',
      'The input redirect-uri is not an address.',
      'Give the callback URL of the Sprinklr developer app, to the letter: https://www.example.com/callback',
    );
  }
  return { apiKey: inputs.ascii('api-key'), apiSecret: inputs.line('api-secret'), redirectUri };
}

function gateway(inputs: Inputs): Gateway {
  return createGateway({
    gateway: inputs.choice('gateway', GATEWAYS),
    environment: parseEnvironment(inputs.text('environment')),
    ...(inputs.has('base-url') && { baseUrl: parseBaseUrl(inputs.text('base-url')) }),
  });
}

function privateKey(inputs: Inputs, required = requireRs256): KeyObject {
  const pasted = {
    value: inputs.text('private-key'),
    passphrase: inputs.text('private-key-passphrase'),
    input: 'private-key',
  };
  return protectKey(required(readPrivateKey(pasted), 'private-key'), inputs);
}

/** A key may have been pasted in another form than the one that somebody later prints. */
function protectKey(key: KeyObject, inputs: Inputs): KeyObject {
  const base64 = toPkcs8Der(key).toString('base64');
  inputs.protected(base64);
  // As its lines stand in a PEM file (RFC 7468 §2).
  inputs.protected(base64.replace(/.{64}/g, '$&\n'));
  return key;
}

function certificate(inputs: Inputs): Certificate {
  const found = readPublic(inputs, 'certificate', readCertificate);
  requireRsa(found.x509.publicKey, 'certificate');
  return found;
}

/** An input that is no secret, unless somebody pasted the wrong file: then it is hidden from now on. */
function readPublic<Found>(
  inputs: Inputs,
  name: string,
  read: (value: string, input: string) => Found,
): Found {
  try {
    return read(inputs.text(name), name);
  } catch (error) {
    if (isActionError(error) && error.code === 'CERTIFICATE_IS_PRIVATE_KEY')
      inputs.protected(inputs.text(name));
    throw error;
  }
}

function limits(inputs: Inputs): HttpOptions {
  return {
    timeoutSeconds: inputs.integer('timeout-seconds', 5, 600),
    maxAttempts: inputs.integer('max-attempts', 1, 10),
    clientCertificate: clientCertificate(inputs),
  };
}

function clientCertificate(inputs: Inputs): HttpOptions['clientCertificate'] {
  if (!inputs.has('mtls-certificate') && !inputs.has('mtls-private-key')) return undefined;
  inputs.require('mtls-certificate', 'mtls-private-key');
  const pasted = {
    value: inputs.text('mtls-private-key'),
    passphrase: inputs.text('mtls-passphrase'),
    input: 'mtls-private-key',
  };
  const key = protectKey(readPrivateKey(pasted), inputs);
  return {
    cert: readPublic(inputs, 'mtls-certificate', readCertificateChain),
    key: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

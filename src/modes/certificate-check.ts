import type { KeyObject } from 'node:crypto';
import { checkValidity, requireMatch, type Certificate } from '../credentials/certificate.ts';
import type { Context } from '../context.ts';

/**
 * Holds a certificate against the private key and the calendar; warns while there is still time.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED
 */
export function checkCertificate(
  certificate: Certificate,
  {
    privateKey,
    certificateWarningDays,
  }: { privateKey?: KeyObject | undefined; certificateWarningDays: number },
  { now, log }: Context,
): void {
  if (privateKey !== undefined) requireMatch(certificate, privateKey);
  const warning = checkValidity(certificate, { now: now(), warningDays: certificateWarningDays });
  if (warning !== undefined) log.warning(warning);
}

import { X509Certificate } from 'node:crypto';
import { parseCertificateChain } from '../../credentials/certificate.ts';
import { parsePrivateKey } from '../../credentials/private-key.ts';
import { refused, type Check } from './check.ts';
import { unread, type Subject } from './inputs.ts';
import { valueOf } from './values.ts';

/** Looks at the certificate and key for mutual TLS; nothing where an app has none. */
export function checkClientCertificate({ values, action, show }: Subject, now: Date): Check[] {
  const name = 'mtls-certificate';
  const inputs = [name, 'mtls-private-key', 'mtls-passphrase'] as const;
  const unreadable = inputs.flatMap((input) => values.unreadable.get(input) ?? []);
  if (unreadable.length > 0) return unreadable.map((error) => unread(name, error, { show }));
  if (!inputs.slice(0, 2).some((input) => values.given.has(input))) return [];
  const refusal = action(...inputs);
  if (refusal !== undefined) return [refused(name, refusal)];

  const certificate = new X509Certificate(parseCertificateChain(valueOf(values, name), name));
  const key = parsePrivateKey({
    value: valueOf(values, 'mtls-private-key'),
    passphrase: valueOf(values, 'mtls-passphrase'),
    input: 'mtls-private-key',
  });
  const expiresAt = new Date(certificate.validTo);
  // Node's types leave out that a certificate without a subject has undefined here.
  const subject = show(((certificate.subject as string | undefined) ?? '').replaceAll('\n', ', '));
  if (!certificate.checkPrivateKey(key)) {
    return [
      {
        name,
        status: 'wrong',
        found: `${subject} does not belong to mtls-private-key.`,
        remedy:
          'Give both files of one pair; in a file with several certificates, the own one has to be the first.',
      },
    ];
  }
  const found = `${subject}, valid to ${expiresAt.toISOString()}; mtls-private-key belongs to it.`;
  if (expiresAt >= now) return [{ name, status: 'ok', found }];
  return [
    {
      name,
      status: 'wrong',
      found: `${subject} expired at ${expiresAt.toISOString()}.`,
      remedy: 'Get a new client certificate from whoever issued it.',
    },
  ];
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { material } from './world.ts';

/** A host name that only a proxy can resolve. */
export const HOST = 'sprinklr.test';

export interface Issued {
  /** PEM texts. */
  readonly key: string;
  readonly cert: string;
}

/** A private certificate authority. */
export interface Authority {
  /** The value of `NODE_EXTRA_CA_CERTS`. */
  readonly file: string;
  readonly pem: string;
  /** A certificate for a server (by default for `HOST`, localhost, and 127.0.0.1) or a client. */
  readonly issue: (options?: { names?: string; days?: number; kind?: 'ec' | 'rsa' }) => Issued;
}

let count = 0;

export function makeAuthority(): Authority {
  const made = material();
  const name = `ca${(count += 1)}`;
  const ec = ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  made.openssl(
    ...['req', '-x509', '-newkey', ...ec, '-nodes', '-keyout', `${name}.key`, '-out', `${name}.crt`],
    ...['-days', '2', '-subj', '/CN=Private CA of a test'],
  );
  return {
    file: join(made.folder, `${name}.crt`),
    pem: made.read(`${name}.crt`).toString(),
    issue({ names = `DNS:${HOST},DNS:localhost,IP:127.0.0.1`, days = 2, kind = 'ec' } = {}) {
      const leaf = `leaf${(count += 1)}`;
      writeFileSync(join(made.folder, `${leaf}.ext`), `subjectAltName=${names}\n`);
      made.openssl(
        ...['req', '-new', '-newkey', ...(kind === 'ec' ? ec : ['rsa:2048']), '-nodes'],
        ...['-keyout', `${leaf}.key`, '-out', `${leaf}.csr`, '-subj', '/CN=A leaf of a test'],
      );
      made.openssl(
        ...['x509', '-req', '-in', `${leaf}.csr`, '-out', `${leaf}.crt`, '-extfile', `${leaf}.ext`],
        ...['-CA', `${name}.crt`, '-CAkey', `${name}.key`],
        ...['-set_serial', String(count), '-days', String(days)],
      );
      return { key: made.read(`${leaf}.key`).toString(), cert: made.read(`${leaf}.crt`).toString() };
    },
  };
}

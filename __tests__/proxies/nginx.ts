import type { Issued } from '../action/authority.ts';
import { entries, startBox } from './server-process.ts';

export interface Front {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly port: number;
  /** The requests it answered, in order and as its access log has them: `POST 200`. */
  readonly answered: (expected: number) => Promise<string[]>;
  readonly accessLog: () => string;
  /** Its error log. */
  readonly errorLog: () => string;
}

export interface FrontOptions {
  /** The origin that it forwards to. */
  readonly to: string;
  /** What it shows; without, it speaks plain HTTP. */
  readonly tls?: Issued;
  /** PEM text of the CA whose clients alone it serves. */
  readonly clients?: string;
  /** More of its configuration. */
  readonly server?: string;
}

/** Nginx, as a front of Sprinklr. */
export async function startNginx({ to, tls, clients, server = '' }: FrontOptions): Promise<Front> {
  const box = await startBox(({ folder, port }) => ({
    command: ['nginx', '-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr'],
    files: {
      'server.crt': tls?.cert ?? '',
      'server.key': tls?.key ?? '',
      'clients.crt': clients ?? '',
      'nginx.conf': `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr info;
events {}
http {
  access_log access.log;
  client_body_temp_path body;
  proxy_temp_path proxied;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port}${tls === undefined ? '' : ' ssl'};
    ${tls === undefined ? '' : 'ssl_certificate server.crt; ssl_certificate_key server.key;'}
    ${clients === undefined ? '' : 'ssl_client_certificate clients.crt; ssl_verify_client on;'}
    ${server}
    location / { proxy_pass ${to}; }
  }
}
`,
    },
    ready: /using the "\w+" event method/,
  }));
  const read = (): string[] =>
    [...box.wrote('access.log').matchAll(/"([A-Z]+) [^"]*" (\d{3}) .*\n/g)].map(
      ([, method = '', status = '']) => `${method} ${status}`,
    );
  return {
    host: box.host,
    port: box.port,
    answered: (expected) => entries(read, expected),
    accessLog: () => box.wrote('access.log'),
    errorLog: box.printed,
  };
}

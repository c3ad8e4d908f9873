import type { Issued } from '../action/authority.ts';
import { entries, startServerProcess } from './server-process.ts';

export interface ReverseProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly port: number;
  /** The requests in its access log, in order: `POST 200`. */
  readonly served: (expected: number) => Promise<string[]>;
  readonly accessLog: () => string;
  /** Errors of connections and of its upstream. */
  readonly errorLog: () => string;
}

export interface NginxOptions {
  /** The origin of its upstream. */
  readonly to: string;
  /** Its certificate. Without one, it serves plain HTTP. */
  readonly tls?: Issued;
  /** PEM of the CA that must have issued the client certificates. */
  readonly clientCa?: string;
  /** Additional directives for its server block. */
  readonly server?: string;
}

/** Starts nginx as a reverse proxy of Sprinklr. */
export async function startNginx({ to, tls, clientCa, server = '' }: NginxOptions): Promise<ReverseProxy> {
  const nginx = await startServerProcess(({ folder, port }) => ({
    command: ['nginx', '-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr'],
    files: {
      'server.crt': tls?.cert ?? '',
      'server.key': tls?.key ?? '',
      'clients.crt': clientCa ?? '',
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
    ${clientCa === undefined ? '' : 'ssl_client_certificate clients.crt; ssl_verify_client on;'}
    ${server}
    location / { proxy_pass ${to}; }
  }
}
`,
    },
    ready: /using the "\w+" event method/,
  }));
  const read = (): string[] =>
    [...nginx.read('access.log').matchAll(/"([A-Z]+) [^"]*" (\d{3}) .*\n/g)].map(
      ([, method = '', status = '']) => `${method} ${status}`,
    );
  return {
    host: nginx.host,
    port: nginx.port,
    served: (expected) => entries(read, expected),
    accessLog: () => nginx.read('access.log'),
    errorLog: nginx.printed,
  };
}

import { readdirSync, rmSync } from 'node:fs';
import { sharedMaterial } from '../material.ts';
import { entries, startServerProcess } from './server-process.ts';

export interface ForwardProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** The requests in its log, in order: `CONNECT sprinklr.test:443`. */
  readonly requested: (expected: number) => Promise<string[]>;
  /** Everything that it logged. */
  readonly logs: () => string;
  readonly stop: () => Promise<void>;
}

export interface ProxyRules {
  /** The only user with access. */
  readonly user?: { readonly name: string; readonly password: string };
  /** A host that it denies. */
  readonly denied?: string;
  /** `127.0.0.1:PORT` of its upstream proxy. */
  readonly upstream?: string;
}

export interface Squid extends ForwardProxy {
  /** The lines of each request as received, because the access log contains only a part of them. */
  readonly rawRequests: () => string[][];
}

const SHARED_MEMORY = '/dev/shm';

/** Starts squid, which resolves `hosts` to this machine. */
export async function startSquid(hosts: readonly string[], rules: ProxyRules = {}): Promise<Squid> {
  const { user, denied } = rules;
  const server = await startServerProcess(({ folder, port }) => ({
    // The service name separates its shared memory from that of other squid processes.
    command: ['squid', '-N', '-n', `test${port}`, '-d', '1', '-f', `${folder}/squid.conf`],
    files: {
      hosts: `127.0.0.1 ${hosts.join(' ')}\n`,
      users: user === undefined ? '' : `${user.name}:${hashOf(user.password)}\n`,
      'squid.conf': `
http_port 127.0.0.1:${port}
visible_hostname proxy.test
hosts_file ${folder}/hosts
dns_nameservers 127.0.0.1
udp_outgoing_address 127.0.0.1
${user === undefined ? '' : `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${folder}/users`}
${user === undefined ? '' : 'acl known proxy_auth REQUIRED'}
${denied === undefined ? '' : `acl denied dstdomain ${denied}\nhttp_access deny denied`}
http_access allow ${user === undefined ? 'all' : 'known'}
# Log complete URLs.
strip_query_terms off
access_log stdio:${folder}/access.log
cache_log ${folder}/cache.log
debug_options ALL,1 11,2
coredump_dir ${folder}
cache deny all
pid_filename none
netdb_filename none
pinger_enable off
max_filedescriptors 1024
`,
    },
    ready: /Accepting HTTP Socket connections/,
  }));
  // Squid has opened its shared memory by now, so its files can be removed.
  const ours = `test${server.port}-`;
  for (const name of readdirSync(SHARED_MEMORY))
    if (name.startsWith(ours)) rmSync(`${SHARED_MEMORY}/${name}`);
  const read = (): string[] =>
    [...server.read('access.log').matchAll(/\/\d{3} \d+ (\S+ \S+) .*\n/g)].map(([, request = '']) => request);
  return {
    ...server,
    requested: (expected) => entries(read, expected),
    logs: () => server.read('access.log') + server.printed(),
    rawRequests: () =>
      [...server.read('cache.log').matchAll(/HTTP Client REQUEST:\n-+\n([^]*?)\r\n\r\n/g)].map(
        ([, text = '']) => text.split(/\r?\n/),
      ),
  };
}

function hashOf(password: string): string {
  return sharedMaterial().openssl('passwd', '-apr1', password).toString().trim();
}

/** Starts tinyproxy, which uses this machine's resolver and supports few special characters in passwords. */
export async function startTinyproxy({ user, denied, upstream }: ProxyRules = {}): Promise<ForwardProxy> {
  const server = await startServerProcess(({ folder, port }) => ({
    command: ['tinyproxy', '-d', '-c', `${folder}/tinyproxy.conf`],
    files: {
      denied: `${denied ?? ''}\n`,
      'tinyproxy.conf': `
Listen 127.0.0.1
Port ${port}
Timeout 30
MaxClients 10
LogLevel Info
${user === undefined ? '' : `BasicAuth ${user.name} ${user.password}`}
${denied === undefined ? '' : `Filter "${folder}/denied"`}
${upstream === undefined ? '' : `Upstream http ${upstream}`}
`,
    },
    ready: /Starting main loop/,
  }));
  const read = (): string[] =>
    [...server.printed().matchAll(/Request \(file descriptor \d+\): (\S+ \S+) .*\n/g)].map(
      ([, request = '']) => request,
    );
  return { ...server, requested: (expected) => entries(read, expected), logs: server.printed };
}

import { readdirSync, rmSync } from 'node:fs';
import { sharedMaterial } from '../material.ts';
import { entries, startBox } from './server-process.ts';

export interface ForwardProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** What it was asked for, in order and as its own log has it: `CONNECT sprinklr.test:443`. */
  readonly asked: (expected: number) => Promise<string[]>;
  /** All that it logged. */
  readonly logs: () => string;
  readonly stop: () => Promise<void>;
}

export interface ProxyRules {
  /** The credentials that the proxy accepts. Undefined if it requires none. */
  readonly user?: { readonly name: string; readonly password: string };
  /** A host that the proxy denies. */
  readonly refused?: string;
  /** `127.0.0.1:PORT` of the next proxy on the way. */
  readonly parent?: string;
}

export interface Squid extends ForwardProxy {
  /** The requests as they came in, line by line: its access log has only what it made of them. */
  readonly heard: () => string[][];
}

const SHARED_MEMORY = '/dev/shm';

/** Squid, which knows `names` to be this machine, whatever a resolver says. */
export async function startSquid(names: readonly string[], rules: ProxyRules = {}): Promise<Squid> {
  const { user, refused } = rules;
  const box = await startBox(({ folder, port }) => ({
    // The name keeps it apart from all other squids of the machine, whose shared memory has theirs.
    command: ['squid', '-N', '-n', `box${port}`, '-d', '1', '-f', `${folder}/squid.conf`],
    files: {
      hosts: `127.0.0.1 ${names.join(' ')}\n`,
      users: user === undefined ? '' : `${user.name}:${hashOf(user.password)}\n`,
      'squid.conf': `
http_port 127.0.0.1:${port}
visible_hostname proxy.test
hosts_file ${folder}/hosts
dns_nameservers 127.0.0.1
udp_outgoing_address 127.0.0.1
${user === undefined ? '' : `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${folder}/users`}
${user === undefined ? '' : 'acl known proxy_auth REQUIRED'}
${refused === undefined ? '' : `acl refused dstdomain ${refused}\nhttp_access deny refused`}
http_access allow ${user === undefined ? 'all' : 'known'}
# Of an address that it sees it is to log all.
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
  // It has its shared memory open by now, and needs no names for it that would outlive it.
  const ours = `box${box.port}-`;
  for (const name of readdirSync(SHARED_MEMORY))
    if (name.startsWith(ours)) rmSync(`${SHARED_MEMORY}/${name}`);
  const read = (): string[] =>
    [...box.wrote('access.log').matchAll(/\/\d{3} \d+ (\S+ \S+) .*\n/g)].map(([, asked = '']) => asked);
  return {
    ...box,
    asked: (expected) => entries(read, expected),
    logs: () => box.wrote('access.log') + box.printed(),
    heard: () =>
      [...box.wrote('cache.log').matchAll(/HTTP Client REQUEST:\n-+\n([^]*?)\r\n\r\n/g)].map(
        ([, text = '']) => text.split(/\r?\n/),
      ),
  };
}

function hashOf(password: string): string {
  return sharedMaterial().openssl('passwd', '-apr1', password).toString().trim();
}

/** Tinyproxy, which asks the resolver of this machine. Its users have passwords of letters, digits and a few signs. */
export async function startTinyproxy({ user, refused, parent }: ProxyRules = {}): Promise<ForwardProxy> {
  const box = await startBox(({ folder, port }) => ({
    command: ['tinyproxy', '-d', '-c', `${folder}/tinyproxy.conf`],
    files: {
      refused: `${refused ?? ''}\n`,
      'tinyproxy.conf': `
Listen 127.0.0.1
Port ${port}
Timeout 30
MaxClients 10
LogLevel Info
${user === undefined ? '' : `BasicAuth ${user.name} ${user.password}`}
${refused === undefined ? '' : `Filter "${folder}/refused"`}
${parent === undefined ? '' : `Upstream http ${parent}`}
`,
    },
    ready: /Starting main loop/,
  }));
  const read = (): string[] =>
    [...box.printed().matchAll(/Request \(file descriptor \d+\): (\S+ \S+) .*\n/g)].map(
      ([, asked = '']) => asked,
    );
  return { ...box, asked: (expected) => entries(read, expected), logs: box.printed };
}

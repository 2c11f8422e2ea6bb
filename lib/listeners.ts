/**
 * The listeners of a broker: what to open and what to tell clients, read from the texts of the configuration.
 *
 * Called by config.ts, which reports the faults, and by broker.ts. Pure but for `advertisedHost`. What always holds:
 * names are upper case and unique, every listener to open speaks PLAINTEXT, ports are in range.
 *
 * Controller listeners are read and checked but not opened: a single node that is broker and controller has no other
 * node to talk to, so its quorum needs no socket.
 *
 * Not done: SSL, SASL_PLAINTEXT and SASL_SSL; a broker listener that asks for them is refused.
 */
import { lookup } from 'node:dns/promises';
import { isIPv4, isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import type { Config } from './config';

export interface Listener {
  /** Upper case, such as `PLAINTEXT`. */
  readonly name: string;
  /** To open: null for all interfaces, IPv4 and IPv6. To advertise: null for this machine's own name. */
  readonly host: string | null;
  /** To open: 0 for any free port. To advertise: 0 for the port that was opened. */
  readonly port: number;
}

export interface Listeners {
  /** What the broker opens, in the order of the file. */
  readonly open: readonly Listener[];
  /** What a controller would open. */
  readonly controllers: readonly Listener[];
  /** What clients of each open listener are told, by name; one that is not in here has no address for clients. */
  readonly advertised: ReadonlyMap<string, Listener>;
}

/** The part of a configuration that speaks of listeners. */
export type ListenerConfig = Pick<
  Config,
  'listeners' | 'advertised.listeners' | 'listener.security.protocol.map' | 'controller.listener.names'
>;

/** Says what is wrong with the value of a key. */
export type Fault = (key: keyof ListenerConfig, message: string) => void;

const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];

/** The listeners of a configuration; `fault` hears of everything that is wrong with them. */
export function readListeners(config: ListenerConfig, fault: Fault): Listeners {
  const controllerNames = new Set(config['controller.listener.names'].map((name) => name.toUpperCase()));
  const isController = ({ name }: Listener) => controllerNames.has(name);
  const protocols = readProtocols(config['listener.security.protocol.map'], fault);

  const all = readEndpoints(config.listeners, 'listeners', fault);
  const open = all.filter((listener) => !isController(listener));
  for (const { name } of open) {
    const protocol = protocols.get(name);
    if (protocol === undefined) fault('listeners', `No security protocol defined for listener ${name}`);
    else if (protocol !== 'PLAINTEXT') fault('listeners', `listener ${name} is ${protocol}; only PLAINTEXT is served`);
  }
  refuseSharedPorts(all, fault);
  if (open.length === 0) fault('listeners', 'there must be a listener that is not in controller.listener.names');

  const given = config['advertised.listeners'];
  const told = given === null ? open.map(withoutMetaAddress) : readEndpoints(given, 'advertised.listeners', fault);
  const advertised = told.filter((listener) => !isController(listener));
  for (const { name, host } of advertised) {
    const opened = open.some((listener) => listener.name === name);
    if (!opened) fault('advertised.listeners', `advertised listener ${name} is not one of listeners`);
    if (isMetaAddress(host))
      fault('advertised.listeners', `advertised listener ${name} cannot be ${host}, which nobody can connect to`);
  }
  if (advertised.length === 0) fault('advertised.listeners', 'there must be an advertised listener for clients');
  return {
    open,
    controllers: all.filter(isController),
    advertised: new Map(advertised.map((listener) => [listener.name, listener])),
  };
}

/** The listeners of a loaded configuration, which has no faults. */
export function listenersOf(config: Config): Listeners {
  return readListeners(config, () => {});
}

/**
 * The host to tell clients of a listener: its own, else this machine's name, as Kafka does. A name that nobody can
 * resolve would lock out the very machine, so then it is `localhost`.
 */
export async function advertisedHost(
  listener: Listener,
  name = hostname(),
  resolve: Resolve = lookup,
): Promise<string> {
  if (listener.host !== null) return listener.host;
  return await resolve(name).then(
    () => name,
    () => 'localhost',
  );
}

/** Finds the address of a name, or rejects. */
export type Resolve = (name: string) => Promise<unknown>;

/** `name://host:port`, IPv6 hosts in brackets or not. */
function readEndpoints(texts: readonly string[], key: keyof ListenerConfig, fault: Fault): Listener[] {
  const endpoints: Listener[] = [];
  for (const text of texts) {
    const parts = /^([^:/]+):\/\/(?:\[([\w.:%-]*)\]|([\w.:%-]*)):(\d{1,5})$/.exec(text);
    const [, name = '', bracketed, bare, port = ''] = parts ?? [];
    if (parts === null || Number(port) > 65535) {
      fault(key, `cannot read ${JSON.stringify(text)}: expected name://host:port with a port of 0 to 65535`);
      continue;
    }
    endpoints.push({ name: name.toUpperCase(), host: bracketed || bare || null, port: Number(port) });
  }
  const names = endpoints.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) fault(key, `Each listener must have a different name, ${twice} is given twice`);
  return endpoints;
}

/** One port serves two listeners only if one of them is on an IPv4 and the other on an IPv6 address. */
function refuseSharedPorts(listeners: readonly Listener[], fault: Fault): void {
  for (const [index, { name, host, port }] of listeners.entries()) {
    const other = listeners.slice(0, index).find((before) => {
      const pair = [host ?? '', before.host ?? ''];
      return before.port === port && port !== 0 && !(pair.some(isIPv4) && pair.some(isIPv6));
    });
    if (other) fault('listeners', `Each listener must have a different port, ${other.name} and ${name} share ${port}`);
  }
}

/** Security protocol by listener name. A later entry for the same name counts, as in Kafka. */
function readProtocols(text: string, fault: Fault): Map<string, string> {
  const protocols = new Map<string, string>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const colon = entry.lastIndexOf(':');
    const name = entry.slice(0, Math.max(colon, 0)).trim().toUpperCase();
    const protocol = entry
      .slice(colon + 1)
      .trim()
      .toUpperCase();
    if (name === '' || !securityProtocols.includes(protocol)) {
      const expected = `expected listener:protocol with one of ${securityProtocols.join(', ')}`;
      fault('listener.security.protocol.map', `cannot read ${JSON.stringify(entry)}: ${expected}`);
    } else {
      protocols.set(name, protocol);
    }
  }
  return protocols;
}

function isMetaAddress(host: string | null): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Kafka refuses to advertise 0.0.0.0; here it is taken as no host at all, which is what it means. */
function withoutMetaAddress(listener: Listener): Listener {
  return isMetaAddress(listener.host) ? { ...listener, host: null } : listener;
}

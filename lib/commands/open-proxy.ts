/**
 * The proxy that the options of proxy-options.ts mean. For the commands that have them, which load this when they are run.
 */
import type { Logger } from '../logger';
import { createProxy, type KafkaProxy } from '../proxy/create-proxy';
import type { ProxyOptions } from '../proxy/options';
import { UsageError } from '../usage';
import type { ProxyArguments } from './proxy-options';

/** A proxy that stands. */
export interface OpenProxy {
  /** Without taps: those that are added at once hear every connection from its beginning. */
  readonly proxy: KafkaProxy;
  /** The brokers behind it, as they were given. */
  readonly upstream: readonly string[];
  /** For people: who is to connect where. */
  readonly where: string;
}

/**
 * Lets clients in. Rejects with an error of the system's code where the port cannot be had.
 * @throws UsageError (the promise rejects) for what cannot be meant, by the name of the command's option
 */
export async function openProxy(
  { upstream: brokers, listen, advertisedHost }: ProxyArguments,
  logger: Logger,
): Promise<OpenProxy> {
  const upstream = brokers.split(',').map((text) => text.trim());
  const proxy = made({
    ...{ upstream, logger },
    ...(listen === undefined ? {} : { listen: /^\d+$/.test(listen) ? `127.0.0.1:${listen}` : listen }),
    ...(advertisedHost === undefined ? {} : { advertisedHost }),
  });
  const { bootstrap } = await proxy.listen().catch((error: ListenError) => {
    throw placed(error);
  });
  return { proxy, upstream, where: `clients connect to ${bootstrap}, before ${upstream.join(', ')}` };
}

function made(options: ProxyOptions): KafkaProxy {
  try {
    return createProxy(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message.replace(/^createProxy: (\w+)/, '--$1'));
  }
}

/** What a system says of where to listen; `hostname` where it is none. */
interface ListenError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}

/** For a person, who gave an option. */
function placed(error: ListenError): Error {
  const { code, address, hostname, port } = error;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${address} is taken by another program`,
    EADDRNOTAVAIL: `${address} is no address of this machine`,
    EACCES: `nobody but root may listen at port ${port}`,
    ENOTFOUND: `there is no host ${hostname}`,
  };
  const reason = reasons[code ?? ''];
  return reason === undefined ? error : Object.assign(new Error(`--listen: ${reason}`), { code });
}

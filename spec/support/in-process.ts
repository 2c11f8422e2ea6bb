/**
 * A whole broker in this process, on a real directory and without a socket: clients talk to it over duplex pairs. Its
 * clock is virtual unless a spec gives it another, so that nothing happens by itself.
 */
import { duplexPair } from 'node:stream';
import { type DestinationStream, pino } from 'pino';
import { type SchedulerLike, VirtualAction, VirtualTimeScheduler } from 'rxjs';
import { type Broker, type BrokerOptions, openBroker } from '../../lib/broker';
import { type ConfigEntries, loadConfig } from '../../lib/config';
import { Wire } from './wire';

export interface InProcess {
  readonly broker: Broker;
  /** What was logged so far, from `info` up. */
  readonly logged: Record<string, unknown>[];
  /** Opens another connection. */
  connect(): Wire;
  /** Closes the broker, which ends its connections. */
  close(): Promise<void>;
}

/** A virtual clock that shows this time until a spec moves it. */
export function clockAt(nowMs: number): VirtualTimeScheduler {
  const scheduler = new VirtualTimeScheduler(VirtualAction);
  scheduler.frame = nowMs;
  return scheduler;
}

/** Lets virtual time pass; what was due until then has run. */
export function pass(scheduler: VirtualTimeScheduler, ms: number): void {
  const until = scheduler.frame + ms;
  scheduler.schedule(() => {}, ms);
  scheduler.maxFrames = until;
  scheduler.flush();
}

/** Timers that have not run yet and were not called off. */
export function timersOf(scheduler: VirtualTimeScheduler): number {
  return scheduler.actions.filter(({ closed }) => !closed).length;
}

export interface InProcessOptions extends Pick<BrokerOptions, 'taps' | 'apis'> {
  readonly config: ConfigEntries;
  readonly scheduler: SchedulerLike;
}

/** Opens a broker; rejects as `openBroker` does. */
export async function openInProcess({ config, scheduler, ...rest }: InProcessOptions): Promise<InProcess> {
  const logged: Record<string, unknown>[] = [];
  const lines: DestinationStream = { write: (line) => void logged.push(JSON.parse(line)) };
  const logger = pino({ level: 'info', base: undefined }, lines);
  const broker = await openBroker({ config: loadConfig(config), scheduler, logger, ...rest });
  const wires: Wire[] = [];
  return {
    broker,
    logged,
    connect: () => {
      const [client, server] = duplexPair();
      broker.handle(server);
      const wire = new Wire(client);
      wires.push(wire);
      return wire;
    },
    close: async () => {
      await broker.close();
      for (const wire of wires) wire.close();
    },
  };
}

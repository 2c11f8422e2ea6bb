/**
 * A broker that can be made to fail on command. Called by create-broker.ts; a broker that only serves has none of this, and
 * its files are a call nearer.
 */
import { type Broker, type BrokerOptions, openBroker } from '../broker';
import { FaultDisk } from '../faults/fault-disk';
import { Faults } from '../faults/faults';

/** A broker, and what is to go wrong in it. */
export interface FaultyBroker {
  readonly opened: Broker;
  readonly faults: Faults;
  /** Closes the broker, without the faults: what they hold up would hold up the end. */
  close(): Promise<void>;
}

/** @throws as `openBroker` does */
export async function openWithFaults(options: Omit<BrokerOptions, 'wrapDisk'>): Promise<FaultyBroker> {
  let disk: FaultDisk | undefined;
  const opened = await openBroker({ ...options, wrapDisk: (own) => (disk = new FaultDisk(own)) });
  const { services, taps, levers } = opened;
  const { scheduler, apis, metadata } = services;
  const topicName = (id: string) => metadata().topicsById.get(id)?.name;
  const faults = new Faults({ ...levers, taps, disk: disk!, scheduler, apis, topicName });
  return {
    opened,
    faults,
    close: () => {
      faults.clear();
      return opened.close();
    },
  };
}

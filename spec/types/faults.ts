/** Type claims about faults: compiled by `npm run check`, never run. */
import { type Broker, errors, fetch, heartbeat, produce } from '../../lib';

declare const broker: Broker;

// The condition sees the body of the API that was named, and nobody changes it.
broker.faults.on(produce, { when: ({ acks, topicData }) => acks === 0 && topicData.length > 1 });
broker.faults.on({ when: (_body, request) => request.header.clientId === 'shop' });
broker.faults.on([produce, fetch], { topic: 'orders' });
// @ts-expect-error Heartbeat has no such field
broker.faults.on(heartbeat, { when: ({ acks }) => acks === 0 });
// @ts-expect-error bodies are not changed in place
broker.faults.on(produce, { when: (body) => (body.acks = 1) > 0 });
// @ts-expect-error there is no such selector
broker.faults.on(produce, { topics: ['orders'] });

// The last word sets the fault; nothing can be said behind it.
const fault = broker.faults.on(produce).times(2).fail(errors.NOT_ENOUGH_REPLICAS);
fault.fired satisfies number;
// @ts-expect-error it is set
fault.times(3);
// @ts-expect-error an error of the table, not its name
broker.faults.on(produce).fail('NOT_ENOUGH_REPLICAS');
// @ts-expect-error disks read, write and flush
broker.faults.disk({ on: 'seek', error: 'EIO' });

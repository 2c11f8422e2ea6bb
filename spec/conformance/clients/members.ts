/**
 * The seven clients as members of groups, in the order in which the suite runs them.
 */
import { resolve } from 'node:path';
import { javaCommand, missingJavaPrograms } from '../../support/apache-kafka';
import { confluentKafka } from './confluent-kafka';
import { franzGo, franzGoProgram } from './franz-go';
import { kafkaPython } from './kafka-python';
import { kafkajs } from './kafkajs';
import { kcat } from './kcat';
import { kcatCrew } from './kcat-crew';
import { type MemberClient, programCrew, type Way } from './member';
import { platformatic, platformaticNode } from './platformatic';
import { pythonCommand } from './python';

/** The eager and the incremental assignor that librdkafka, kafka-python, franz-go and Java have in common. */
const eager = (assignor: string): Way => ({ protocol: 'classic', assignor, incremental: false });
const cooperative: Way = { protocol: 'classic', assignor: 'cooperative-sticky', incremental: true };
const consumer = (assignor: string): Way => ({ protocol: 'consumer', assignor, incremental: true });

const nodeProgram = (node: string, file: string) => [node, '-r', 'ts-node/register', resolve(__dirname, file)] as const;

export const memberClients: readonly MemberClient[] = [
  {
    name: 'kafkajs',
    missing: kafkajs.missing,
    ways: [eager('')],
    staticMembers: null,
    commits: 'text',
    crew: () => programCrew(nodeProgram(process.execPath, 'kafkajs-member.ts')),
  },
  {
    name: '@platformatic/kafka',
    missing: platformatic.missing,
    ways: [eager('roundrobin'), { ...cooperative, pairsOnly: true }, { ...consumer('uniform'), staysAway: true }],
    staticMembers: 'survives',
    commits: 'offset',
    crew: () => programCrew(nodeProgram(platformaticNode, 'platformatic-member.ts')),
  },
  {
    name: 'kcat',
    missing: kcat.missing,
    ways: [eager('range'), cooperative],
    staticMembers: 'returns',
    commits: null,
    crew: kcatCrew,
  },
  {
    name: 'confluent-kafka',
    missing: confluentKafka.missing,
    ways: [eager('roundrobin'), cooperative, consumer('uniform'), consumer('range')],
    staticMembers: 'returns',
    commits: 'text',
    crew: () => programCrew(pythonCommand('confluent_kafka_member.py')),
  },
  {
    name: 'kafka-python',
    missing: kafkaPython.missing,
    ways: [eager('range'), cooperative],
    staticMembers: 'returns',
    commits: 'text',
    crew: () => programCrew(pythonCommand('kafka_python_member.py')),
  },
  {
    name: 'franz-go',
    missing: franzGo.missing,
    ways: [eager('sticky'), cooperative, consumer('uniform')],
    // in the consumer protocol it leaves for a while without saying which instance it is, which brokers refuse
    staticMembers: 'survives',
    commits: 'text',
    crew: () => programCrew([franzGoProgram, 'crew']),
  },
  {
    name: 'Java',
    missing: missingJavaPrograms,
    ways: [eager('range'), cooperative, consumer('uniform'), consumer('range')],
    staticMembers: 'returns',
    commits: 'text',
    crew: () => programCrew(javaCommand('Crew')),
  },
];

/** A client by its name; throws where there is none. */
export function memberClient(name: string): MemberClient {
  const found = memberClients.find((client) => client.name === name);
  if (!found) throw new Error(`no client is called ${name}`);
  return found;
}

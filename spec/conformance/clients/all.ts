/**
 * Every client of the conformance suite, in the order in which it runs them.
 */
import type { Client } from './client';
import { confluentKafka } from './confluent-kafka';
import { franzGo } from './franz-go';
import { javaTools } from './java-tools';
import { kafkaPython } from './kafka-python';
import { kafkajs } from './kafkajs';
import { kcat } from './kcat';
import { platformatic } from './platformatic';

export const clients: readonly Client[] = [
  kafkajs,
  platformatic,
  kcat,
  confluentKafka,
  kafkaPython,
  franzGo,
  javaTools,
];

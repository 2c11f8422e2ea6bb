/**
 * Traffic of real clients with Apache Kafka 4.3.1 (spec/fixtures/traffic): a gzip'd pcap for each client and scenario, and
 * an index of what is in them.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const fixtures = resolve(__dirname, '../fixtures/traffic');

export interface ReferenceTraffic {
  /** Such as `java-basic.pcap`. */
  readonly file: string;
  readonly client: string;
  readonly scenario: string;
  readonly broker_port: number;
  readonly requests: number;
  readonly responses: number;
  readonly connections: readonly {
    readonly client_port: number;
    readonly client_id: string;
    readonly requests: number;
  }[];
  readonly apis: readonly {
    readonly client_id: string;
    readonly key: number;
    readonly name: string;
    readonly version: number;
    readonly count: number;
  }[];
}

export function referenceTraffic(): readonly ReferenceTraffic[] {
  const index = JSON.parse(gunzipSync(readFileSync(resolve(fixtures, 'index.json.gz'))).toString());
  return (index as { captures: ReferenceTraffic[] }).captures;
}

/** The path of a capture by its name in the index. */
export function trafficFile(file: string): string {
  return resolve(fixtures, `${file}.gz`);
}

/**
 * rewrite: nanoseconds to rewrite one decoded body by its schema, for the messages of the codec bench.
 *
 * `names` prefixes every topic name, `same` asks about the same fields and changes none, `none` wants no field of the body.
 */

import { rewriter } from '../../lib/protocol/rewrite';
import { covers, parseVersions } from '../../lib/protocol/schema';
import { kafkaMessages, schemaOf } from '../support/kafka-definitions';
import { completed } from '../support/reference-codec';
import { nanoseconds, type Print } from './bench';
import { messages } from './codec';

const topicNames = /(^topics|^topicData|^responses)\[\]\.(name|topic)$/;

export async function bench(print: Print): Promise<void> {
  const definitions = new Map(kafkaMessages().map((message) => [message.name, message]));
  for (const [name, version, note, draft] of messages) {
    const { fields, flexibleVersions } = definitions.get(name)!;
    const schema = schemaOf(fields);
    const body = completed(schema, version, covers(parseVersions(flexibleVersions), version), draft);
    const names = rewriter(schema, ({ path }) => (topicNames.test(path) ? (topic) => `t.${String(topic)}` : null));
    const same = rewriter(schema, ({ path }) => (topicNames.test(path) ? (topic) => topic : null));
    const none = rewriter(schema, () => null);
    print({
      message: `${name} ${version}${note === '' ? '' : `, ${note}`}`,
      'names ns': nanoseconds(() => names(body)),
      'same ns': nanoseconds(() => same(body)),
      'none ns': nanoseconds(() => none(body)),
    });
  }
}

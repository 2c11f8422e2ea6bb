/**
 * What the broker refused to a program that embeds it, as an Error. What such a program did wrong itself is a UsageError.
 */
import { type ErrorName, KafkaError } from '../errors';

/** A KafkaError as an Error, with a stack and a sentence. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Kafka's name of the error, such as `UNKNOWN_TOPIC_OR_PARTITION`. */
  readonly code: ErrorName;

  /** @param doing what was asked, such as `create topic a` */
  constructor(doing: string, { name, message }: KafkaError) {
    super(`cannot ${doing}: ${name}${message === null ? '' : `, ${message}`}`);
    this.code = name;
  }
}

/** What is thrown in place of an error of the broker; anything but a KafkaError stays what it is. */
export function refused(doing: string, error: unknown): unknown {
  return error instanceof KafkaError ? new Refused(doing, error) : error;
}

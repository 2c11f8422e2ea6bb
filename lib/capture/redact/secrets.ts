/**
 * What in Kafka's messages is not for the eyes of whoever gets a recording, found by the names and types of the fields, so
 * that a new API is covered by its declaration.
 */
import type { FieldAt } from '../../protocol/rewrite';

/**
 * `values`: record values and the values of headers. `keys`: record keys. `sasl`: what logs in, and tokens. `configs`:
 * configuration values that are passwords by their names.
 */
export const secretKinds = ['values', 'keys', 'sasl', 'configs'] as const;

export type SecretKind = (typeof secretKinds)[number];

/** Byte fields that log somebody in, or from which that could be worked out. Envelope holds whole requests and answers. */
const saslFields: readonly string[] = ['authBytes', 'hmac', 'salt', 'saltedPassword', 'requestData', 'responseData'];

/** Names of configurations whose values are secret, in part or as a whole. */
const secretConfig = /password|secret|jaas|token|credential|private|ssl\.(keystore|truststore)\.(key|certificate)/i;

/** Which secret a field is, by its declaration; null: none. */
export function secretOf({
  name,
  parents,
  field,
}: Pick<FieldAt, 'name' | 'parents' | 'field'>): 'records' | 'sasl' | 'configs' | null {
  const type = field.declared.kind.is;
  if (type === 'records') return 'records';
  if (type === 'bytes' && saslFields.includes(name)) return 'sasl';
  if (type === 'string' && name === 'value' && parents.some((parent) => /config/i.test(parent))) return 'configs';
  return null;
}

/** What stands in the place of bytes that log somebody in: as many. */
export function hiddenSecret(length: number): Buffer {
  return Buffer.alloc(length, 'x');
}

/** Whether that is what stands there. */
export function isHiddenSecret(bytes: Buffer): boolean {
  return bytes.length > 0 && bytes.equals(hiddenSecret(bytes.length));
}

/** Whether the value of a configuration of this name is secret. */
export function isSecretConfig(name: unknown): boolean {
  return typeof name === 'string' && secretConfig.test(name);
}

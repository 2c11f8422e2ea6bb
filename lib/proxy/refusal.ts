/**
 * A refusal of any request in the shape of its API's answer, made of the two schemas alone: for what a tap of a proxy
 * refuses of an API that the broker itself does not serve, and which has no refusal of its own therefore.
 *
 * The error is said wherever the answer has an error code. Lists of the answer repeat those of the request that have
 * their name, or else all there are, element by element, with all fields that both have.
 */
import { Hangup, type KafkaError } from '../errors';
import type { Exchange } from '../protocol/exchange';
import type { AnyField, Kind, Schema } from '../protocol/schema';
import { zeroUuid } from '../uuid';

type Struct = Readonly<Record<string, unknown>>;

interface Told {
  readonly error: KafkaError;
  isSaid: boolean;
}

/** @throws Hangup where the answer has no place for an error, so that the end of the connection has to say it */
export function refusal({ name, response }: Exchange, body: object, error: KafkaError): object {
  const told: Told = { error, isSaid: false };
  const answer = structOf(response, body as Struct, told);
  if (!told.isSaid) throw new Hangup(`${name} refused: ${error}`);
  return answer;
}

function structOf(schema: Schema, asked: Struct, told: Told): Struct {
  return Object.fromEntries(Object.entries(schema).map(([name, field]) => [name, answerOf(name, field, asked, told)]));
}

function answerOf(name: string, field: AnyField, asked: Struct, told: Told): unknown {
  const { kind, tag, nulls, fallback } = field.declared;
  if (/errorcode$/i.test(name)) {
    told.isSaid = true;
    return told.error.code;
  }
  if (/errormessage$/i.test(name)) return told.error.message ?? (nulls === null ? '' : null);
  if (kind.is === 'array') {
    const source = asked[name] ?? allLists(asked);
    return Array.isArray(source) && tag === null ? source.map((one) => elementOf(kind.element, one, told)) : [];
  }
  if (fallback !== undefined && asked[name] === undefined) return fallback;
  if (kind.is === 'struct') return tag !== null && nulls !== null ? null : structOf(kind.fields, {}, told);
  return typeof asked[name] === typeof zeroOf(kind) ? asked[name] : zeroOf(kind);
}

function elementOf(field: AnyField, asked: unknown, told: Told): unknown {
  const { kind } = field.declared;
  if (kind.is !== 'struct') return typeof asked === typeof zeroOf(kind) ? asked : zeroOf(kind);
  if (typeof asked === 'object' && asked !== null) return structOf(kind.fields, asked as Struct, told);
  // A list of names or indexes is answered by structs which begin with them.
  const [first] = Object.keys(kind.fields).filter((name) => !/error(code|message)$/i.test(name));
  return structOf(kind.fields, first === undefined ? {} : { [first]: asked }, told);
}

function allLists(asked: Struct): unknown[] {
  return Object.values(asked).filter(Array.isArray).flat();
}

function zeroOf({ is }: Kind): unknown {
  if (is === 'string') return '';
  if (is === 'uuid') return zeroUuid;
  if (is === 'bool') return false;
  return is === 'bytes' || is === 'records' ? Buffer.alloc(0) : 0;
}

/**
 * What the notation promises about types: `Infer` is what reading gives, `Draft` what writing takes.
 */
import {
  array,
  bool,
  bytes,
  type Draft,
  type Infer,
  int8,
  int32,
  long,
  records,
  string,
  struct,
  uuid,
} from '../../lib/protocol/schema';
import { accepts, claim, type Same } from './claims';

// Each type of the notation has its type here.
const primitives = {
  flag: bool(),
  small: int8(),
  offset: long(),
  name: string(),
  id: uuid(),
  blob: bytes(),
  batches: records(),
  list: array(int32()),
  grid: array(array(string())),
};
type Primitives = {
  flag: boolean;
  small: number;
  offset: number;
  name: string;
  id: string;
  blob: Buffer;
  batches: Buffer;
  list: number[];
  grid: string[][];
};
claim<Same<Infer<typeof primitives>, Primitives>>();

// Null is part of a type exactly where some version allows it.
const nullables = { a: string().nullable(3), b: array({ x: int32() }).nullable(), c: struct({ y: bool() }).nullable() };
claim<Same<Infer<typeof nullables>, { a: string | null; b: { x: number }[] | null; c: { y: boolean } | null }>>();
// @ts-expect-error a default of null needs a field that may be null
string().default(null);
string().nullable().default(null);
// @ts-expect-error a default is of the type of its field
int32().default('1');

// Reading gives every field, whatever the version carries; versions, tags and defaults do not show.
const versioned = {
  old: int32().until(3),
  young: int32().since(9).default(-1),
  tagged: struct({ id: int32(), epoch: int32().default(-1) }).tag(0, 12),
};
type Versioned = { old: number; young: number; tagged: { id: number; epoch: number } };
claim<Same<Infer<typeof versioned>, Versioned>>();

// Writing may leave out what has a default or a tag, and nothing else.
accepts<Draft<typeof versioned>>({ old: 1 });
accepts<Draft<typeof versioned>>({ old: 1, young: 2, tagged: { id: 3 } });
// @ts-expect-error `old` has no default
accepts<Draft<typeof versioned>>({ young: 2 });
// @ts-expect-error `id` has none either, deep inside
accepts<Draft<typeof versioned>>({ old: 1, tagged: { epoch: 3 } });

// The order of the words of the notation does not matter.
claim<Same<Draft<{ a: typeof early }>, Draft<{ a: typeof late }>>>();
const early = long().default(-1).since(5).nullable();
const late = long().nullable().since(5).default(-1);
accepts<Draft<{ a: typeof early }>>({});
accepts<Draft<{ a: typeof late }>>({});

// Unknown fields are refused, at any depth.
const topics = { topics: array({ name: string(), leader: struct({ id: int32() }) }) };
accepts<Draft<typeof topics>>({ topics: [{ name: 'a', leader: { id: 1 } }] });
// @ts-expect-error there is no `topic`
accepts<Draft<typeof topics>>({ topics: [], topic: [] });
// @ts-expect-error there is no `nmae`
accepts<Draft<typeof topics>>({ topics: [{ nmae: 'a', leader: { id: 1 } }] });
// @ts-expect-error there is no `epoch`
accepts<Draft<typeof topics>>({ topics: [{ name: 'a', leader: { id: 1, epoch: 2 } }] });
// @ts-expect-error a name is a text
accepts<Draft<typeof topics>>({ topics: [{ name: 7, leader: { id: 1 } }] });

// What was read can be written; arrays that nobody may change can be written too.
declare const read: Infer<typeof versioned> & Infer<typeof topics>;
accepts<Draft<typeof versioned> & Draft<typeof topics>>(read);
accepts<Draft<{ list: typeof primitives.list }>>({ list: Object.freeze([1, 2]) });
// @ts-expect-error but what was read may be changed, and so is not frozen
accepts<Infer<{ list: typeof primitives.list }>>({ list: Object.freeze([1, 2]) });

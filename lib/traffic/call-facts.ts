/**
 * What a call is about: its topics, and the errors that its answer says. One for each recording, because topics that are
 * called by their ids are known by what earlier answers said of them.
 *
 * What always holds: only bodies that can say something about it are decoded, each schema's walk is made once, and what
 * cannot be decoded is about nothing.
 *
 * Not done: a fetch that names no topic because its session remembers them (KIP-227) is about those in its answer only.
 */
import type { Decoded, RecordedAnswer, RecordedRequest } from '../capture/recorded';
import { zeroUuid } from '../protocol/bytes';
import {
  carriedBy,
  isCoordinatorKey,
  isErrorCode,
  isResourceName,
  isTopicId,
  nameKindOf,
  namesGroup,
  namesTopic,
  topicBeside,
} from '../protocol/named-fields';
import type { Struct } from '../protocol/rewrite';
import type { Schema } from '../protocol/schema';
import { Walks } from '../protocol/walks';
import { readCarried, topicsOfCarried } from './carried';

/** As many topics as a cluster may have; beyond, the oldest are forgotten. */
const topicsMax = 100_000;

export class CallFacts {
  private readonly namesById = new Map<string, string>();

  private readonly ids = new Walks<Map<string, string>>((at) => (isTopicId(at) ? learnId : null));

  private readonly topics = new Walks<Set<string>>((at) => {
    if (nameKindOf(at) === 'topic') return (name, found) => void (name !== '' && found.add(name as string));
    if (isResourceName(at)) return (name, found, beside) => void (namesTopic(beside) && found.add(name as string));
    const kind = carriedBy(at);
    if (kind !== null) return (bytes, found) => addCarried(bytes as Buffer, kind, found);
    if (!isTopicId(at)) return null;
    return (id, found) => void (id !== zeroUuid && found.add(this.namesById.get(id as string) ?? (id as string)));
  });

  private readonly groups = new Walks<Set<string>>((at) => {
    if (nameKindOf(at) === 'group') return (id, found) => void found.add(id as string);
    if (!isCoordinatorKey(at)) return null;
    return (id, found, beside) => void (id !== '' && namesGroup(beside) && found.add(id as string));
  });

  private readonly errors = new Walks<Set<number>>((at) =>
    isErrorCode(at) ? (code, found) => void (code !== 0 && found.add(code as number)) : null,
  );

  /** Learns the names of topics that go by their ids later. To be called with every answer, in their order. */
  learn(answer: RecordedAnswer): void {
    look(this.ids, answer.request.exchange?.response, answer, this.namesById);
    for (const id of this.namesById.keys()) {
      if (this.namesById.size <= topicsMax) break;
      this.namesById.delete(id);
    }
  }

  /** Names of topics that a call is about, ids of those whose names are not known: those it asks about, else the answer's. */
  topicsOf(request: RecordedRequest, answer: RecordedAnswer | null): string[] {
    return this.about(this.topics, request, answer);
  }

  /** Ids of the groups that a call is about: those it asks about, else the answer's. */
  groupsOf(request: RecordedRequest, answer: RecordedAnswer | null): string[] {
    return this.about(this.groups, request, answer);
  }

  /** Codes of the errors that an answer says anywhere, each once. */
  errorsOf(answer: RecordedAnswer): number[] {
    const found = new Set<number>();
    look(this.errors, answer.request.exchange?.response, answer, found);
    return [...found];
  }

  private about(walks: Walks<Set<string>>, request: RecordedRequest, answer: RecordedAnswer | null): string[] {
    const found = new Set<string>();
    look(walks, request.exchange?.request, request, found);
    if (found.size === 0 && answer !== null) look(walks, request.exchange?.response, answer, found);
    return [...found];
  }
}

/** Decodes the body only where its schema has fields of interest. */
function look<C>(walks: Walks<C>, schema: Schema | undefined, message: { readonly body: Decoded }, context: C): void {
  const walk = schema === undefined ? null : walks.of(schema);
  if (walk === null) return;
  const { body } = message.body;
  if (body !== null) walk(body, context);
}

function addCarried(bytes: Buffer, kind: 'subscription' | 'assignment', found: Set<string>): void {
  const carried = readCarried(bytes, kind);
  if (carried !== null) for (const topic of topicsOfCarried(carried)) found.add(topic);
}

function learnId(id: unknown, names: Map<string, string>, beside: Struct): void {
  const name = topicBeside(beside);
  if (name === null || id === zeroUuid) return;
  names.delete(id as string); // what is set anew is the youngest
  names.set(id as string, name);
}

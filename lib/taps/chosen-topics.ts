/**
 * Which topics a tap is about, and what the topics of a request are called: newer versions say their ids. Called by the
 * taps that look into Produce and Fetch.
 *
 * A broker knows its topics. In front of somebody else's (createProxy) names are learned from the answers to Metadata that
 * pass, which clients ask for before they name an id; the memory for them is bounded.
 */
import { metadata } from '../apis/metadata';
import type { LiveConnection } from '../pipeline/connection';
import { onReply } from '../pipeline/on-reply';
import type { Taps } from '../pipeline/seams';
import { zeroUuid } from '../protocol/bytes';
import { UsageError } from '../usage';
import { perConnection } from './per-connection';

/** Names, or a question about a name; all topics if absent. */
export type ChosenTopics = readonly string[] | ((topic: string) => boolean);

/** A topic as requests name it. */
export interface NamedTopic {
  readonly name?: string;
  readonly topicId?: string;
}

const learnedMax = 100_000;

/** @throws UsageError for what chooses no topics */
export function chooser(whose: string, topics: ChosenTopics | undefined): (topic: string) => boolean {
  if (topics === undefined) return () => true;
  if (typeof topics === 'function') return topics;
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === 'string'))
    throw new UsageError(`${whose}: topics: expected a list of names, or a function of a name`);
  const names = new Set(topics);
  return (topic) => names.has(topic);
}

/** Whether a topic is named by its id; the empty one and that of zeros mean that it is not. */
export function hasId({ topicId }: NamedTopic): boolean {
  return topicId !== undefined && topicId !== zeroUuid && topicId !== '';
}

export class TopicNames {
  /** Learns where it has to; part of the tap that asks. */
  readonly taps: Taps;
  private readonly names = new Map<string, string>();
  private readonly ids = new Map<string, string>();

  constructor() {
    const learn = onReply(metadata, 'topic-names', ({ topics }) => {
      for (const { name, topicId } of topics) if (name != null && hasId({ topicId })) this.learn(name, topicId!);
    });
    const nothing = onReply(metadata, 'topic-names', () => {});
    this.taps = {
      replies: [perConnection(learn, ({ rules }) => (rules?.topicIds === undefined ? learn : nothing))],
    };
  }

  /** What the topic is called; null: nobody here knows a topic of that id. */
  nameOf(topic: NamedTopic, { rules }: LiveConnection): string | null {
    if (!hasId(topic)) return topic.name ?? null;
    return rules?.topicIds?.nameOf(topic.topicId!) ?? this.names.get(topic.topicId!) ?? null;
  }

  /** The id of a topic; null: nobody here knows a topic of that name. */
  idOf(name: string, { rules }: LiveConnection): string | null {
    return rules?.topicIds?.idOf(name) ?? this.ids.get(name) ?? null;
  }

  private learn(name: string, topicId: string): void {
    if (this.ids.get(name) === topicId) return;
    // Clients ask again, and then what was forgotten is learned anew.
    if (this.ids.size >= learnedMax) for (const known of [this.names, this.ids]) known.clear();
    this.names.set(topicId, name);
    this.ids.set(name, topicId);
  }
}

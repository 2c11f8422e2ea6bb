/** A topic and the partitions of it that this broker has. Kept up to date by topics.ts. */

import type { TopicConfig } from '../topic-config';
import { isInternalTopic } from '../topic-names';
import type { Topic } from './engine';
import type { TopicImage } from './metadata-image';
import type { Partition } from './partition';

export class LocalTopic implements Topic {
  readonly name: string;
  readonly id: string;
  readonly internal: boolean;
  config: TopicConfig;
  /** What the topic was made of or brought up to last, and the overrides that `config` was resolved from. */
  image: TopicImage;
  overrides: ReadonlyMap<string, string>;
  /** Whether every partition of `image` has been taken care of. */
  isComplete = false;
  private readonly byIndex = new Map<number, Partition>();

  constructor(image: TopicImage, overrides: ReadonlyMap<string, string>, config: TopicConfig) {
    this.name = image.name;
    this.id = image.id;
    this.internal = isInternalTopic(image.name);
    this.image = image;
    this.overrides = overrides;
    this.config = config;
  }

  partition(index: number): Partition | undefined {
    return this.byIndex.get(index);
  }

  get partitions(): Iterable<Partition> {
    return this.byIndex.values();
  }

  add(partition: Partition): void {
    this.byIndex.set(partition.partition, partition);
  }
}

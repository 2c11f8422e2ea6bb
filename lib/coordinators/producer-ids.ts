/**
 * Gives out producer ids from blocks that the controller reserves (KIP-730). Called by InitProducerId.
 *
 * What always holds: an id is given out once, across restarts too: what is left of a block when the broker stops is lost.
 */
import type { Controller } from './controller';

export interface ProducerIds {
  /** A producer id that nobody has had. */
  next(): Promise<number>;
}

export class BlockProducerIds implements ProducerIds {
  private readonly controller: Pick<Controller, 'allocateProducerIds'>;
  private nextId = 0;
  private end = 0;
  private reserving: Promise<void> | null = null;

  constructor(controller: Pick<Controller, 'allocateProducerIds'>) {
    this.controller = controller;
  }

  /** @throws KafkaError when the controller cannot reserve a block; the next call tries again */
  async next(): Promise<number> {
    while (this.nextId === this.end) {
      this.reserving ??= this.reserve();
      await this.reserving;
    }
    return this.nextId++;
  }

  private async reserve(): Promise<void> {
    try {
      const { firstId, count } = await this.controller.allocateProducerIds();
      this.nextId = firstId;
      this.end = firstId + count;
    } finally {
      this.reserving = null;
    }
  }
}

/**
 * What all simulated clients share: a connection that they make again when it is lost, time to think, and the errors after
 * which one tries again.
 */
import { errorOf, type KafkaError } from '../../lib/errors';
import type { Api } from '../../lib/protocol/api';
import type { Draft, Infer, Schema } from '../../lib/protocol/schema';
import type { Dice } from '../support/dice';
import { type Link, Lost } from './link';
import { gridMs, type World } from './world';

export class Client {
  readonly world: World;
  readonly name: string;
  readonly dice: Dice;
  private link: Link | null = null;

  constructor(world: World, name: string, dice: Dice) {
    this.world = world;
    this.name = name;
    this.dice = dice;
  }

  /** Asks, and is told, or null where the connection was lost before. */
  async ask<Q extends Schema, R extends Schema>(
    api: Api<Q, R>,
    version: number,
    draft: Draft<Q>,
  ): Promise<Infer<R> | null> {
    if (this.link === null || this.link.isOver) this.link = this.world.connect(this.name);
    try {
      return await this.link.request(api, version, draft);
    } catch (error) {
      if (error instanceof Lost) return null;
      throw error;
    }
  }

  /** Goes away without a word. */
  hangUp(): void {
    this.link?.cut();
  }

  /** Waits for up to so many steps. */
  think(steps = 8): Promise<void> {
    return this.world.sleep(gridMs * this.dice.int(1, steps));
  }

  say(line: string): void {
    this.world.say(`${this.name}: ${line}`);
  }

  /** Whether one tries again after this error; notes others as faults. */
  isPassing(code: number, doing: string, alsoFine: readonly KafkaError[] = []): boolean {
    const error = errorOf(code);
    const isFine = error.retriable || alsoFine.some((one) => one.is(error));
    if (!isFine) this.world.ledger.fault(`${this.name}: ${doing}: ${error}`);
    return isFine;
  }
}

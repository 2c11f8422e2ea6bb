/**
 * Shares partitions out among members that subscribe to the same topics: sizes differ by at most one, and nothing moves
 * that need not. The `uniform` assignor calls it for each class of members.
 *
 * A member that has too many gives up first what is in none of its racks, and then evenly of each topic, so that what
 * others get is a fair mixture. What is free goes to those that lack, near ones first, each topic spread over all of them.
 */

export interface Player {
  readonly rackId: string | null;
  /** Partitions by number, ascending; changed by `deal`, and ascending again afterwards. */
  held: number[];
}

/** A partition's topic and racks, by its number; the numbers of a topic's partitions are consecutive. */
export interface Deck {
  topicOf(partition: number): number;
  racks(partition: number): readonly string[];
}

/**
 * @param free partitions that nobody has
 */
export function deal(players: readonly Player[], free: readonly number[], deck: Deck): void {
  const total = players.reduce((sum, { held }) => sum + held.length, free.length);
  const share = Math.floor(total / players.length);
  let withOneMore = total % players.length;
  const pool = [...free];
  const lacking: Lacking[] = [];
  for (const player of players) {
    const quota = player.held.length > share && withOneMore > 0 ? share + 1 : share;
    if (quota > share) withOneMore--;
    if (player.held.length > quota) pool.push(...giveUp(player, quota, deck));
    else if (player.held.length < quota) lacking.push({ player, lacks: quota - player.held.length });
  }
  // Whoever has exactly its share, or less, may have one more as well.
  if (withOneMore > 0) {
    const lacks = new Map(lacking.map((one) => [one.player, one]));
    for (const player of players) {
      if (withOneMore === 0) break;
      if (player.held.length > share) continue;
      const one = lacks.get(player);
      if (one === undefined) lacking.push({ player, lacks: 1 });
      else one.lacks++;
      withOneMore--;
    }
  }
  pool.sort((a, b) => a - b);
  spread(nearby(pool, lacking, deck), lacking);
  for (const { player } of lacking) player.held.sort((a, b) => a - b);
}

interface Lacking {
  readonly player: Player;
  lacks: number;
}

/** Leaves `quota` partitions to a player and returns the others. */
function giveUp(player: Player, quota: number, deck: Deck): number[] {
  const { held, rackId } = player;
  const sizes = new Map<number, number>();
  for (const partition of held) sizes.set(deck.topicOf(partition), (sizes.get(deck.topicOf(partition)) ?? 0) + 1);
  const seen = new Map<number, number>();
  const ranked = held.map((partition) => {
    const topic = deck.topicOf(partition);
    const before = seen.get(topic) ?? 0;
    seen.set(topic, before + 1);
    const isFar = rackId !== null && !deck.racks(partition).includes(rackId);
    // How deep in its topic: those of every topic that are equally deep stay or go together.
    return { partition, rank: (isFar ? 1 : 0) + (before + 0.5) / sizes.get(topic)! };
  });
  ranked.sort((a, b) => a.rank - b.rank || a.partition - b.partition);
  const given = ranked.splice(quota);
  player.held = ranked.map(({ partition }) => partition).sort((a, b) => a - b);
  return given.map(({ partition }) => partition);
}

/** Gives partitions to players in one of their racks that lack some; returns the rest. */
function nearby(pool: readonly number[], lacking: readonly Lacking[], deck: Deck): number[] {
  const byRack = new Map<string, Circle>();
  for (const one of lacking) {
    const { rackId } = one.player;
    if (rackId === null) continue;
    const circle = byRack.get(rackId);
    if (circle === undefined) byRack.set(rackId, new Circle([one]));
    else circle.members.push(one);
  }
  if (byRack.size === 0) return [...pool];
  return pool.filter((partition) => {
    for (const rack of deck.racks(partition)) if (byRack.get(rack)?.take(partition)) return false;
    return true;
  });
}

function spread(pool: readonly number[], lacking: readonly Lacking[]): void {
  const circle = new Circle(lacking.filter(({ lacks }) => lacks > 0));
  for (const partition of pool) circle.take(partition);
}

/** Players that are served one after the other, until none of them lacks anything. */
class Circle {
  readonly members: Lacking[];
  private next = 0;

  constructor(members: Lacking[]) {
    this.members = members;
  }

  /** Gives the partition to the next one; false: all have enough. */
  take(partition: number): boolean {
    while (this.members.length > 0) {
      this.next %= this.members.length;
      const one = this.members[this.next]!;
      if (one.lacks === 0) {
        // Another circle has served it.
        this.members.splice(this.next, 1);
        continue;
      }
      one.player.held.push(partition);
      if (--one.lacks === 0) this.members.splice(this.next, 1);
      else this.next++;
      return true;
    }
    return false;
  }
}

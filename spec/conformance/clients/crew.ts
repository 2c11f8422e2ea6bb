/**
 * The crew language of member.ts for the programs in JavaScript: commands in, events out.
 *
 * A program passes `crew` a function that makes a member of a join command; it tells what happens to it by `tell`.
 */
import { createInterface } from 'node:readline';
import type { Command, Committed, Told } from './member';

export type Join = Extract<Command, { do: 'join' }>;
export type Tell = (told: Told) => void;

export interface Member {
  commit(offsets: readonly Committed[]): Promise<void>;
  fetch(partitions: readonly (readonly [topic: string, partition: number])[]): Promise<Committed[]>;
  leave(): Promise<void>;
}

/** Runs until stdin ends; then every member leaves. */
export function crew(make: (join: Join, tell: Tell) => Promise<Member>): void {
  const members = new Map<string, Promise<Member>>();
  const tellOf =
    (member: string): Tell =>
    (told) => {
      process.stdout.write(`${JSON.stringify({ member, at: Date.now(), ...told })}\n`);
    };

  async function obey(command: Command): Promise<void> {
    const tell = tellOf(command.member);
    try {
      if (command.do === 'join') {
        tell({ event: 'joining' });
        const made = make(command, tell);
        members.set(command.member, made);
        await made;
        return;
      }
      const member = await members.get(command.member);
      if (!member) throw new Error(`there is no member ${command.member}`);
      if (command.do === 'commit') {
        await member.commit(command.offsets);
        tell({ event: 'committed' });
      } else if (command.do === 'fetch') {
        tell({ event: 'offsets', offsets: await member.fetch(command.partitions) });
      } else {
        members.delete(command.member);
        await member.leave();
        tell({ event: 'left' });
      }
    } catch (error) {
      tell({ event: 'error', message: String(error) });
    }
  }

  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => void obey(JSON.parse(line)));
  lines.on('close', async () => {
    await Promise.all([...members.keys()].map((member) => obey({ do: 'leave', member })));
    process.exit(0);
  });
}

/** Where the next record of each partition is: what to commit behind these. */
export function endsOf(
  records: readonly (readonly [topic: string, partition: number, offset: number, ...unknown[]])[],
) {
  const ends = new Map<string, Committed>();
  for (const [topic, partition, offset] of records)
    ends.set(`${topic}-${partition}`, [topic, partition, offset + 1, '']);
  return [...ends.values()];
}

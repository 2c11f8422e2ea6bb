/**
 * kcat's crews: one `kcat -G` for each member. It says on stderr what it was assigned and what was revoked, and commits by
 * itself; it knows no commands, and leaves when it is asked to end.
 */
import { type Conversation, converse } from '../../support/child';
import { type Crew, type Event, Telling } from './member';

/** The end of a crew of many programs is never seen as a whole: it is asked for by name. */
const never = new Promise<string>(() => {});

/** `t [0], t [1]` as t-0 and t-1. */
function named(listed: string): string[] {
  return [...listed.matchAll(/(\S+) \[(\d+)\]/g)].map(([, topic, partition]) => `${topic}-${partition}`);
}

export function kcatCrew(): Crew {
  const talks = new Map<string, Conversation>();
  const telling = new Telling(never, () => [...talks.values()].map((talk) => talk.complaints()).join(''));

  function join(member: string, args: string[]): void {
    const tell = (told: Record<string, unknown>) => telling.tell({ member, at: Date.now(), ...told } as Event);
    tell({ event: 'joining' });
    const talk = converse(
      'kcat',
      args,
      (line) => {
        const [topic = '', partition, offset, ...words] = line.split(' ');
        tell({ event: 'records', records: [[topic, Number(partition), Number(offset), words.join(' ')]] });
      },
      (line) => {
        const change = /rebalanced.* (assign|revoke)\w*(?: of .*|): (.*)$/.exec(line);
        if (change) tell({ event: `${change[1]}d`.replace('nd', 'ned'), partitions: named(change[2] ?? '') });
        else if (/ERROR/.test(line)) tell({ event: 'error', message: line });
      },
    );
    talks.set(member, talk);
    void talk.ended.then(() => tell({ event: 'left' }));
  }

  const each = (act: (talk: Conversation) => void) => {
    for (const talk of talks.values()) act(talk);
  };
  const over = () => Promise.all([...talks.values()].map((talk) => talk.ended));
  let killedMs = Number.POSITIVE_INFINITY;
  return {
    events: telling.events,
    get killedMs() {
      return killedMs;
    },
    send: (command) => {
      if (command.do === 'join') {
        const settings: Record<string, string | number> = {
          'auto.offset.reset': 'earliest',
          'auto.commit.interval.ms': 50,
          'fetch.wait.max.ms': 100,
          'partition.assignment.strategy': command.assignor || 'range,roundrobin',
        };
        if (command.instanceId) settings['group.instance.id'] = command.instanceId;
        if (command.sessionTimeoutMs) settings['session.timeout.ms'] = command.sessionTimeoutMs;
        if (command.heartbeatIntervalMs) settings['heartbeat.interval.ms'] = command.heartbeatIntervalMs;
        const where = ['-b', command.bootstrap, '-G', command.group, ...command.topics];
        const how = ['-u', '-f', '%t %p %o %s\\n'];
        join(command.member, [...how, ...Object.entries(settings).flatMap(([k, v]) => ['-X', `${k}=${v}`]), ...where]);
      } else if (command.do === 'leave') talks.get(command.member)?.signal('SIGTERM');
      else throw new Error(`kcat has no way to ${command.do}`);
    },
    until: (what, found, timeoutMs) => telling.until(what, found, timeoutMs),
    kill: async () => {
      each((talk) => talk.signal('SIGKILL'));
      await over();
      killedMs = Date.now();
    },
    freeze: () => each((talk) => talk.signal('SIGSTOP')),
    thaw: () => each((talk) => talk.signal('SIGCONT')),
    stop: async () => {
      each((talk) => talk.signal('SIGTERM'));
      await over();
    },
  };
}

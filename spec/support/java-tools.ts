/**
 * Kafka's console tools in one JVM that stays: a call takes milliseconds instead of the second that a JVM takes to start.
 * The program behind it is spec/conformance/clients/java/Tools.java.
 */
import { javaCommand } from './apache-kafka';
import { type Conversation, converse } from './child';

export interface ToolOutput {
  /** What the process would have ended with. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class JavaTools {
  private readonly talk: Conversation;
  private readonly waiting: { resolve(output: ToolOutput): void; reject(error: Error): void }[] = [];

  constructor() {
    const [command = '', ...args] = javaCommand('Tools');
    this.talk = converse(command, args, (line) => this.waiting.shift()?.resolve(JSON.parse(line)));
    void this.talk.ended.then((end) => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(`${end}\n${this.talk.complaints()}`));
    });
  }

  /** Calls the main method of a tool; calls run one after the other. */
  call(main: string, args: readonly string[]): Promise<ToolOutput> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.talk.say(JSON.stringify({ main, args }));
    });
  }

  /** `kafka-consumer-groups`. */
  consumerGroups(bootstrap: string, args: readonly string[]): Promise<ToolOutput> {
    return this.call('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', [
      '--bootstrap-server',
      bootstrap,
      ...args,
    ]);
  }

  stop(): Promise<void> {
    return this.talk.stop();
  }
}

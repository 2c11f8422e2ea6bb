/**
 * One call as it is listed: what was asked, by whom, and what came of it.
 */
import type { AnsweredCall, Unanswered } from '../capture/calls';
import type { RecordedAnswer, RecordedRequest } from '../capture/recorded';
import type { CallFacts } from './call-facts';

/** To be made of every call of a recording, in their order: what earlier ones say names the topics of later ones. */
export class CallRow {
  readonly request: RecordedRequest;
  /** Null if there is none. */
  readonly answer: RecordedAnswer | null;
  /** Why there is no answer; null if there is one, or none was to be. */
  readonly missing: string | null;
  private readonly facts: CallFacts;
  private knownErrors: readonly number[] | null = null;
  private knownTopics: readonly string[] | null = null;

  constructor(call: AnsweredCall | Unanswered, facts: CallFacts) {
    this.request = call.request;
    this.answer = call.is === 'answered' ? call.answer : null;
    this.missing = call.is === 'answered' || call.isExpected ? null : call.why;
    this.facts = facts;
    if (this.answer !== null) facts.learn(this.answer);
  }

  /** Codes of the errors that the answer says anywhere, each once; decoded when somebody asks. */
  get errors(): readonly number[] {
    return (this.knownErrors ??= this.answer === null ? [] : this.facts.errorsOf(this.answer));
  }

  /** Topics that the call is about; decoded when somebody asks. */
  get topics(): readonly string[] {
    return (this.knownTopics ??= this.facts.topicsOf(this.request, this.answer));
  }

  /** Groups that the call is about; decoded when somebody asks. */
  get groups(): readonly string[] {
    return this.facts.groupsOf(this.request, this.answer);
  }
}

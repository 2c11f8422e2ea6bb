/**
 * Regular expressions that members of consumer groups subscribe with (KIP-848). They come from clients, in the syntax of
 * RE2, and RE2's engine takes time that grows with the length of the expression and of the name, never exponentially.
 * Kafka uses RE2/J and matches whole names. Both agree but in that nested repetitions of more than 1000 in all, of which
 * RE2/J makes a program of millions of steps, are refused here.
 *
 * Refused as well are expressions of more than `programMaxSteps`, which Kafka takes.
 *
 * Not done: neither compiling nor matching is interrupted. The worst expressions take a second to be refused (measured).
 */
import { errors } from './errors';

export interface TopicRegex {
  /** Whether the whole name matches. */
  matches(name: string): boolean;
}

type Package = typeof import('re2js');
let loaded: Package | null = null;
// Loading it takes some 13 ms, and few groups subscribe with an expression.
const load = (): Package => (loaded ??= require('re2js') as Package);

/**
 * Steps that an expression may have as a program: matching takes time by this times the length of the name, a tenth of
 * a second at worst. Lists of topics have some thousand; Kafka, which matches in a thread of its own, has no limit.
 */
const programMaxSteps = 5000;

/** How much of an expression an error shows: it may be longer than a text on the wire can be. */
const shownMaxLength = 200;

/** Throws INVALID_REGULAR_EXPRESSION where RE2 does not take the text, saying what is wrong with it. */
export function compileRegex(text: string): TopicRegex {
  const { RE2JS, RE2JSException, RE2JSSyntaxException } = load();
  const shown = text.length > shownMaxLength ? `${text.slice(0, shownMaxLength)}…` : text;
  try {
    const regex = RE2JS.compile(text);
    const steps = regex.programSize();
    if (steps <= programMaxSteps) return { matches: (name) => regex.testExact(name) };
    throw errors.INVALID_REGULAR_EXPRESSION.because(`'${shown}' takes ${steps} steps, ${programMaxSteps} at most`);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const what = error instanceof RE2JSSyntaxException ? error.getDescription() : error.message;
    throw errors.INVALID_REGULAR_EXPRESSION.because(`'${shown}' is no regular expression as RE2 reads them: ${what}`);
  }
}

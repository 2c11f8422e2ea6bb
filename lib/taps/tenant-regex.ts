/**
 * Regular expressions over names (KIP-848 subscriptions, patterns of transactions), which Kafka matches against whole names
 * in the syntax of RE2: a tenant's is held to its own names.
 *
 * What always holds: an expression that is none by itself is refused before it is made part of another one, so that
 * nobody gets out of the prefix with a bracket. Anchors of the whole (`^`, `$`) say what holds anyway, and are left out:
 * the beginning of the tenant's name is no beginning for the broker.
 */
import { compileRegex } from '../regex';

/** Matches names that begin with the prefix, and of which the rest matches. @throws KafkaError INVALID_REGULAR_EXPRESSION */
export function regexToBroker(regex: string, prefix: string): string {
  // None: what was asked before is called off.
  if (regex === '') return '';
  compileRegex(regex);
  const inner = withoutAnchors(regex);
  compileRegex(inner);
  return `${quoted(prefix)}(?:${inner})`;
}

/** What the tenant has asked for, but for anchors; null for an expression that is none of its own. */
export function regexToClient(regex: string, prefix: string): string | null {
  const opening = `${quoted(prefix)}(?:`;
  return regex.startsWith(opening) && regex.endsWith(')') ? regex.slice(opening.length, -1) : null;
}

/** Of what names are made of, only the dot means something else. */
function quoted(prefix: string): string {
  return prefix.replaceAll('.', '\\.');
}

/** A quotation, an escaped anchor or character, a class, or an anchor. */
const tokens = /\\Q[\s\S]*?(?:\\E|$)|\\[Az]|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]|[\^$]/g;

function withoutAnchors(regex: string): string {
  return regex.replace(tokens, (token) => (/^(?:\\A|\\z|\^|\$)$/.test(token) ? '(?:)' : token));
}

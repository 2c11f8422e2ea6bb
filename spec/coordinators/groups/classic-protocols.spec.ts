import { expect } from 'chai';
import { type ClassicGroup, type ClassicMember, newClassicGroup } from '../../../lib/coordinators/groups/classic-group';
import {
  chosenProtocol,
  fits,
  keptProtocols,
  metadataOf,
  sameProtocols,
} from '../../../lib/coordinators/groups/classic-protocols';
import type { ClassicProtocol } from '../../../lib/coordinators/groups/requests';
import { protocols } from '../../support/classic-table';

function member(memberId: string, has: readonly ClassicProtocol[]): ClassicMember {
  return {
    memberId,
    groupInstanceId: null,
    clientId: '',
    clientHost: '',
    sessionTimeoutMs: 1,
    rebalanceTimeoutMs: 1,
    protocols: has,
    assignment: Buffer.alloc(0),
    joining: null,
    syncing: null,
    hasSynced: false,
  };
}

/** A group of members that have these protocols. */
function groupOf(...lists: string[][]): ClassicGroup {
  const members = lists.map((names, index) => member(`${index}`, protocols(...names)));
  return {
    ...newClassicGroup('group', 0),
    state: 'PreparingRebalance',
    protocolType: 'consumer',
    members: new Map(members.map((one) => [one.memberId, one])),
  };
}

const longNames = ['a', 'b'].map((last) => 'x'.repeat(20_000) + last);

describe('chosenProtocol', () => {
  it('is the one with the most votes', () => {
    expect(chosenProtocol(groupOf(['a', 'b'], ['b', 'a'], ['b', 'a']))).to.equal('b');
    expect(chosenProtocol(groupOf(['a', 'b'], ['a', 'b'], ['b', 'a']))).to.equal('a');
  });

  it('is one that all members have, whoever prefers another', () => {
    expect(chosenProtocol(groupOf(['a', 'b', 'c'], ['a', 'b', 'c'], ['c', 'b']))).to.equal('b');
    expect(chosenProtocol(groupOf(['a', 'c'], ['a', 'c'], ['c']))).to.equal('c');
  });

  it('is null where members have none in common', () => {
    expect(chosenProtocol(groupOf(['a'], ['b']))).to.equal(null);
    expect(chosenProtocol(groupOf())).to.equal(null);
  });

  it('tells very long names apart', () => {
    expect(chosenProtocol(groupOf(longNames, longNames.slice(1)))).to.equal(longNames[1]);
  });
});

describe('fits', () => {
  it('asks for a type and a protocol where the group is empty', () => {
    const empty = newClassicGroup('group', 0);
    expect(fits(empty, 'anything', protocols('a'))).to.equal(true);
    expect(fits(empty, '', protocols('a'))).to.equal(false);
    expect(fits(empty, 'anything', [])).to.equal(false);
  });

  it('asks for the type of the group and a protocol that all members have', () => {
    const group = groupOf(['a', 'b'], ['b', 'c']);
    expect(fits(group, 'consumer', protocols('c', 'b'))).to.equal(true);
    expect(fits(group, 'connect', protocols('b'))).to.equal(false);
    expect(fits(group, 'consumer', protocols('a', 'c'))).to.equal(false);
    expect(fits(group, 'consumer', [])).to.equal(false);
  });

  it('takes anybody of its type as long as all of its members are gone again', () => {
    expect(fits(groupOf(), 'consumer', protocols('a'))).to.equal(true);
    expect(fits(groupOf(), 'connect', protocols('a'))).to.equal(false);
  });

  it('does not take long for a member of very many protocols', () => {
    const many = Array.from({ length: 50_000 }, (_, index) => `${'x'.repeat(30)}${index}`);
    const group = groupOf(many, many, [...many.slice(1), 'own']);
    expect(chosenProtocol(group)).to.equal(many[1]);
    for (let i = 0; i < 100; i++) expect(fits(group, 'consumer', protocols('own'))).to.equal(false);
  });
});

describe('keptProtocols', () => {
  it('keeps each name once, with bytes of its own', () => {
    const sent = protocols(['a', 'first'], ['b', 'x'], ['a', 'second']);
    const kept = keptProtocols(sent);
    sent[1]!.metadata.fill('z');
    expect(kept).to.deep.equal(protocols(['a', 'first'], ['b', 'x']));
  });
});

describe('sameProtocols', () => {
  it('compares names, metadata and order', () => {
    expect(sameProtocols(protocols('a', 'b'), protocols('a', 'b'))).to.equal(true);
    expect(sameProtocols(protocols('a', 'b'), protocols('b', 'a'))).to.equal(false);
    expect(sameProtocols(protocols('a', 'b'), protocols('a'))).to.equal(false);
    expect(sameProtocols(protocols('a'), protocols(['a', 'other']))).to.equal(false);
  });
});

describe('metadataOf', () => {
  it('is what the member says under that name', () => {
    const has = member('m', protocols(['a', '1'], [longNames[0]!, '2'], [longNames[1]!, '3']));
    expect(String(metadataOf(has, 'a'))).to.equal('1');
    expect(String(metadataOf(has, longNames[1]!))).to.equal('3');
    expect(metadataOf(has, 'b')).to.equal(null);
    expect(metadataOf(has, null)).to.equal(null);
  });
});

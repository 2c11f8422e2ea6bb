import { expect } from 'chai';
import pino from 'pino';
import { Hangup } from '../../lib/errors';
import { Nodes, type NodesOptions } from '../../lib/proxy/nodes';

const at = (port: number, host = 'kafka') => ({ host, port });

function nodesWith(options: Partial<NodesOptions> = {}) {
  const opened: [string, number][] = [];
  const nodes = new Nodes({
    advertisedHost: () => 'proxy',
    portOf: (nodeId) => 7000 + nodeId,
    open: async (listener, port) => {
      opened.push([listener, port]);
      return port;
    },
    logger: pino({ level: 'silent' }),
    ...options,
  });
  return { nodes, opened };
}

describe('Nodes', () => {
  it('opens a listener for each node, once, and tells where it is from then on at once', async () => {
    const { nodes, opened } = nodesWith();
    const both = await Promise.all([nodes.here(1, at(9092)), nodes.here(1, at(9092)), nodes.here(2, at(9093))]);
    expect(both).to.deep.equal([at(7001, 'proxy'), at(7001, 'proxy'), at(7002, 'proxy')]);
    expect(opened).to.deep.equal([
      ['NODE-1', 7001],
      ['NODE-2', 7002],
    ]);
    expect(nodes.here(1, at(9092))).to.deep.equal(at(7001, 'proxy'));
  });

  it('leads to where the upstream said last that the node is', async () => {
    const { nodes, opened } = nodesWith();
    await nodes.here(1, at(9092));
    await nodes.here(2, at(9093));
    expect(nodes.addressOf('NODE-1')).to.deep.equal(at(9092));
    nodes.here(1, at(19092, 'elsewhere'));
    expect(nodes.addressOf('NODE-1')).to.deep.equal(at(19092, 'elsewhere'));
    expect(nodes.addressOf('BOOTSTRAP')).to.equal(undefined);
    expect(opened).to.have.length(2);
  });

  it('says why a node gets no listener, and tries again the next time', async () => {
    let isTaken = true;
    const { nodes } = nodesWith({
      open: async (_listener, port) => {
        if (isTaken) throw Object.assign(new Error(`address already in use :${port}`), { code: 'EADDRINUSE' });
        return port;
      },
    });
    const refused = await Promise.resolve(nodes.here(1, at(9092))).catch((error) => error);
    expect(refused).to.be.instanceOf(Hangup);
    expect(refused.message).to.equal(
      'node 1 of the upstream has no listener here: port 7001 is taken by another program',
    );
    isTaken = false;
    expect(await nodes.here(1, at(9092))).to.deep.equal(at(7001, 'proxy'));
  });

  it('says once, as an error, that a node has no listener, and what to do', async () => {
    const errors: string[] = [];
    let isTaken = true;
    const { nodes } = nodesWith({
      logger: pino({ level: 'error' }, { write: (line) => void errors.push(JSON.parse(line).msg) }),
      open: async (_listener, port) => {
        if (isTaken) throw Object.assign(new Error('address already in use'), { code: 'EADDRINUSE' });
        return port;
      },
    });
    for (let i = 0; i < 3; i++) await Promise.resolve(nodes.here(1, at(9092))).catch(() => {});
    await Promise.resolve(nodes.here(2, at(9093))).catch(() => {});
    expect(errors.map((line) => line.split('.')[0])).to.deep.equal([
      'node 1 of the upstream gets no listener: port 7001 is taken by another program',
      'node 2 of the upstream gets no listener: port 7002 is taken by another program',
    ]);
    expect(errors[0]).to.include('hung up').and.to.include('behind port 0 each gets any free one');
    isTaken = false;
    await nodes.here(1, at(9092));
    expect(errors).to.have.length(2);
  });

  it('says so where the program gives a node no port', async () => {
    const { nodes } = nodesWith({
      portOf: () => {
        throw new Error('no such node');
      },
    });
    const refused = await Promise.resolve(nodes.here(4, at(9092))).catch((error) => error);
    expect(refused.message).to.equal('node 4 of the upstream has no listener here: no such node');
  });
});

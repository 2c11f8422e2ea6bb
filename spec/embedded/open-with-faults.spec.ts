import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../lib/config';
import { openWithFaults } from '../../lib/embedded/open-with-faults';
import { quietLogger } from '../../lib/logger';
import { virtualClock } from '../../lib/virtual-clock';

describe('openWithFaults', () => {
  it('puts a disk that fails on command under the broker, and closes it without what holds it up', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-faults-'));
    const config = loadConfig({ 'log.dirs': dir, listeners: 'PLAINTEXT://127.0.0.1:0' });
    const logger = quietLogger();
    const { opened, faults, close } = await openWithFaults({ config, logger, scheduler: virtualClock() });
    const [outcome] = await opened.services.controller.createTopicsOnDemand(['a']);
    expect(outcome).not.to.have.property('refused');
    faults.disk({ on: 'write', error: 'ENOSPC', topic: 'a' });
    faults.exhaustMemory();
    expect(faults.all).to.have.length(2);
    await close();
    expect(faults.all).to.deep.equal([]);
    rmSync(dir, { recursive: true });
  });
});

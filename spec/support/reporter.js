/**
 * Mocha's report, ended by one plain line: `N passed, N failed`, and `, N skipped` when some were.
 *
 * A person sees the spec tree; with CI set, dots. The README, .ci/run and whoever reads their output rely on that line
 * being the last. JavaScript, because mocha loads reporters before it registers ts-node.
 */
'use strict';
const { Runner, reporters } = require('mocha');

const Report = process.env.CI ? reporters.Dot : reporters.Spec;

class LastLineReport extends Report {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      console.log(`${passes} passed, ${failures} failed${skipped}`);
    });
  }
}

module.exports = LastLineReport;

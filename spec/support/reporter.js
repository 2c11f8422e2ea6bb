/**
 * Mocha's report, ended by one plain line: `N passed, N failed`, and `, N skipped` when some were.
 *
 * A person sees the spec tree; with CI set, dots. The README, .ci/run and whoever reads their output rely on that line
 * being the last. MILLRACE_COUNTS names a file for the same counts, and for those of each file in which something failed
 * (.ci/second-try). JavaScript, because mocha loads reporters before it registers ts-node.
 */
'use strict';
const { writeFileSync } = require('node:fs');
const { relative } = require('node:path');
const { Runner, reporters } = require('mocha');

const Report = process.env.CI ? reporters.Dot : reporters.Spec;

class LastLineReport extends Report {
  static lineOf({ passed, failed, skipped }) {
    return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  }

  constructor(runner, options) {
    super(runner, options);
    const files = {};
    const count = (what) => (test) => {
      const file = relative(process.cwd(), test.file ?? test.parent.file);
      files[file] ??= { passed: 0, failed: 0, skipped: 0 };
      files[file][what]++;
    };
    runner.on(Runner.constants.EVENT_TEST_PASS, count('passed'));
    runner.on(Runner.constants.EVENT_TEST_FAIL, count('failed'));
    runner.on(Runner.constants.EVENT_TEST_PENDING, count('skipped'));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes: passed, failures: failed, pending } = this.stats;
      if (process.env.MILLRACE_COUNTS) {
        const failing = Object.fromEntries(Object.entries(files).filter(([, counts]) => counts.failed > 0));
        const counts = { passed, failed, skipped: pending, files: failing };
        writeFileSync(process.env.MILLRACE_COUNTS, JSON.stringify(counts));
      }
      console.log(LastLineReport.lineOf({ passed, failed, skipped: pending }));
    });
  }
}

module.exports = LastLineReport;
